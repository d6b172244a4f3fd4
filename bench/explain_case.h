// Variants that support a case of tests/cases.
#pragma once

#include <string_view>

#include "kernels/core/explain.h"
#include "tests/support/cases.h"

namespace sonograd::bench {

/// The variants of `op`, each with the reason for which it does not support the case, on `device` with activations of type
/// `storage`. Runs no kernel. Throws Error when the case does not call `op`.
kernels::Explanation explain_case(std::string_view op, const cases::Case& c, Device device = {},
                                  DType storage = DType::f32);

}  // namespace sonograd::bench
