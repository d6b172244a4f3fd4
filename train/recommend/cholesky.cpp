#include "train/recommend/cholesky.h"

#include <cmath>
#include <limits>

namespace sonograd::train {
namespace {

// to += factor from, element by element.
void add_scaled(double* to, double factor, const double* from, std::size_t n) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) to[i] += factor * from[i];
}

}  // namespace

void add_outer_product(std::span<double> a, double weight, std::span<const double> v) {
  const std::size_t n = v.size();
  for (std::size_t i = 0; i < n; ++i) add_scaled(&a[i * n + i], weight * v[i], &v[i], n - i);
}

bool solve_positive_definite(std::span<double> a, std::span<double> b) {
  const std::size_t n = b.size();
  const double rounding = static_cast<double>(n) * std::numeric_limits<double>::epsilon();
  for (std::size_t i = 0; i < n; ++i) {
    // Row i of U; those above have been applied to it, in their order.
    const double diagonal = a[i * n + i];
    for (std::size_t k = 0; k < i; ++k) add_scaled(&a[i * n + i], -a[k * n + i], &a[k * n + i], n - i);
    if (!(a[i * n + i] > rounding * diagonal)) return false;
    const double root = std::sqrt(a[i * n + i]);
    for (std::size_t j = i; j < n; ++j) a[i * n + j] /= root;
  }
  for (std::size_t i = 0; i < n; ++i) {  // Uᵀ y = b
    b[i] /= a[i * n + i];
    if (i + 1 < n) add_scaled(&b[i + 1], -b[i], &a[i * n + i + 1], n - i - 1);
  }
  for (std::size_t i = n; i-- > 0;) {  // U x = y
    for (std::size_t j = i + 1; j < n; ++j) b[i] -= a[i * n + j] * b[j];
    b[i] /= a[i * n + i];
  }
  return true;
}

}  // namespace sonograd::train
