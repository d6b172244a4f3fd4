// Differentiable sums, means and maxima; formulas and errors in kernels/reduce/reduce.h.
#pragma once

#include <vector>

#include "autograd/variable.h"

namespace sonograd {

/// Over `axes` (from the end when negative; empty: all of them). They vanish, or stay as 1 with `keep_dims`.
Variable sum(const Variable& x, const std::vector<int>& axes = {}, bool keep_dims = false);
Variable mean(const Variable& x, const std::vector<int>& axes = {}, bool keep_dims = false);
/// The gradient goes to the first of equal maxima.
Variable max(const Variable& x, const std::vector<int>& axes = {}, bool keep_dims = false);

}  // namespace sonograd
