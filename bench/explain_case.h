// Which variants would run a case of tests/cases.
#pragma once

#include <string_view>

#include "kernels/core/explain.h"
#include "tests/support/cases.h"

namespace sonograd::bench {

/// What the variants of `op` say to one of its cases in float32 on `device`. Runs no kernel. Throws Error when the
/// case does not call `op`.
kernels::Explanation explain_case(std::string_view op, const cases::Case& c, Device device = {},
                                  DType storage = DType::f32);

}  // namespace sonograd::bench
