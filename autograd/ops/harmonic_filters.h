// Differentiable harmonic filters; formulas and errors in kernels/harmonic_filters/harmonic_filters.h.
#pragma once

#include "autograd/variable.h"

namespace sonograd {

/// Spectra x [..., bins] -> [..., filters, harmonics]; centres [filters, harmonics] and bin_width in Hz, q [1]. Gradients of x and
/// q.
Variable harmonic_filters(const Variable& x, const Tensor& centres, const Variable& q, double bin_width);

}  // namespace sonograd
