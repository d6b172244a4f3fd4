// Small dense systems of equations.
#pragma once

#include <span>

namespace sonograd::train {

/// Adds `weight` v vᵀ to the upper triangle of `a`, row-major [n, n]; v [n].
void add_outer_product(std::span<double> a, double weight, std::span<const double> v);

/// Solves A x = b by Cholesky decomposition, A = Uᵀ U, in n³ / 6 + n² multiply-adds. `a`: the upper triangle of a symmetric matrix,
/// row-major [n, n], is overwritten with U; `b` [n] with x. False when A is not positive definite within rounding: a pivot is
/// no larger than n ε times its element of the diagonal, or not a number; `a` and `b` are undefined then.
bool solve_positive_definite(std::span<double> a, std::span<double> b);

}  // namespace sonograd::train
