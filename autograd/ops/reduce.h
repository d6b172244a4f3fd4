// Differentiable sums, means and maxima; formulas and errors in kernels/reduce/reduce.h.
#pragma once

#include <vector>

#include "autograd/variable.h"

namespace sonograd {

/// Sum over `axes` (negative: from the end; empty: all axes). The axes are removed, or stay with extent 1 under `keep_dims`. A
/// sum of no elements is 0; a mean or maximum of none is a ShapeError.
Variable sum(const Variable& x, const std::vector<int>& axes = {}, bool keep_dims = false);
Variable mean(const Variable& x, const std::vector<int>& axes = {}, bool keep_dims = false);
/// Maximum; the gradient goes to the first of equal maxima.
Variable max(const Variable& x, const std::vector<int>& axes = {}, bool keep_dims = false);

}  // namespace sonograd
