// From a map with one position left to a vector.
#pragma once

#include "autograd/variable.h"

namespace sonograd::models {

/// [N, 1, 1, C] -> [N, C]. Throws ShapeError when more than one position is left: the chunk length does not
/// suit the network.
Variable flatten_single(const Variable& x);

}  // namespace sonograd::models
