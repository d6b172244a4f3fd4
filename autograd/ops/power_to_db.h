// Differentiable decibels; formula and errors in kernels/mel/mel.h.
#pragma once

#include "autograd/variable.h"
#include "kernels/mel/mel.h"

namespace sonograd {

/// x of any shape, f32. A power below `options.amin` has no gradient. Throws ConfigError in the backward pass for a `top_db`.
Variable power_to_db(const Variable& x, const kernels::DbOptions& options = {});

}  // namespace sonograd
