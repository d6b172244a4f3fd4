// Zeros around maps and sequences.
#pragma once

#include <cstdint>

#include "autograd/variable.h"

namespace sonograd::models {

/// `x` with zeros at both ends of `axis` up to a multiple of `divisor` >= 1 positions; of an odd number one more is behind. Returns x
/// when none are missing.
Variable padded_to_multiple(const Variable& x, int axis, std::int64_t divisor);

}  // namespace sonograd::models
