// Maps of one position as vectors.
#pragma once

#include "autograd/variable.h"

namespace sonograd::models {

/// [N, 1, 1, C] -> [N, C]. Throws ShapeError unless there is one position: the chunk length does not suit the
/// network.
Variable flatten_single(const Variable& x);

/// [N, 1, ...] -> [N, all others side by side]. Throws ShapeError unless there is one position of time.
Variable flatten_single_frame(const Variable& x);

}  // namespace sonograd::models
