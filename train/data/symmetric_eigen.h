// Eigenvectors of small symmetric matrices.
#pragma once

#include <cstddef>
#include <vector>

namespace sonograd::train {

/// Eigenvectors [n, n] in rows, that of the largest eigenvalue first, equal ones in a fixed order; each has length 1, and its component of
/// the largest magnitude is positive. `matrix` [n, n] is symmetric and finite. (Jacobi, 1846: rotations that zero one pair of elements at a
/// time; time n^3 for each of some ten sweeps.)
std::vector<double> symmetric_eigenvectors(std::vector<double> matrix, std::size_t n);

}  // namespace sonograd::train
