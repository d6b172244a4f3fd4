// A map of one position as a vector.
#pragma once

#include "autograd/variable.h"

namespace sonograd::models {

/// [N, 1, 1, C] -> [N, C]. Throws ShapeError unless there is one position: the chunk length does not suit the
/// network.
Variable flatten_single(const Variable& x);

}  // namespace sonograd::models
