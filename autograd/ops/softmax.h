// Differentiable softmax over the last axis; formulas and errors in kernels/softmax/softmax.h.
#pragma once

#include "autograd/variable.h"

namespace sonograd {

/// x [..., C], C >= 1.
Variable softmax(const Variable& x);
Variable log_softmax(const Variable& x);

}  // namespace sonograd
