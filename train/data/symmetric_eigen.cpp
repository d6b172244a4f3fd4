#include "train/data/symmetric_eigen.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sonograd::train {
namespace {

constexpr int kMostSweeps = 60;

/// Rows p and q of `m` [n, n] as (c p - s q, s p + c q).
void rotate_rows(std::vector<double>& m, std::size_t n, std::size_t p, std::size_t q, double c, double s) {
  for (std::size_t i = 0; i < n; ++i) {
    const double x = m[p * n + i], y = m[q * n + i];
    m[p * n + i] = c * x - s * y;
    m[q * n + i] = s * x + c * y;
  }
}

void rotate_columns(std::vector<double>& m, std::size_t n, std::size_t p, std::size_t q, double c, double s) {
  for (std::size_t i = 0; i < n; ++i) {
    const double x = m[i * n + p], y = m[i * n + q];
    m[i * n + p] = c * x - s * y;
    m[i * n + q] = s * x + c * y;
  }
}

/// One rotation for each pair; false when none was necessary.
bool sweep(std::vector<double>& a, std::vector<double>& vectors, std::size_t n, double negligible) {
  bool changed = false;
  for (std::size_t p = 0; p < n; ++p) {
    for (std::size_t q = p + 1; q < n; ++q) {
      const double element = a[p * n + q];
      if (std::abs(element) <= negligible) continue;
      changed = true;
      const double theta = (a[q * n + q] - a[p * n + p]) / (2 * element);
      const double t = (theta < 0 ? -1 : 1) / (std::abs(theta) + std::sqrt(theta * theta + 1));
      const double c = 1 / std::sqrt(t * t + 1);
      rotate_rows(a, n, p, q, c, t * c);
      rotate_columns(a, n, p, q, c, t * c);
      rotate_rows(vectors, n, p, q, c, t * c);
    }
  }
  return changed;
}

}  // namespace

std::vector<double> symmetric_eigenvectors(std::vector<double> matrix, std::size_t n) {
  std::vector<double> vectors(n * n);
  for (std::size_t i = 0; i < n; ++i) vectors[i * n + i] = 1;
  const double size = std::sqrt(std::inner_product(matrix.begin(), matrix.end(), matrix.begin(), 0.0));
  for (int i = 0; i < kMostSweeps && sweep(matrix, vectors, n, 1e-14 * size); ++i) {
  }
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater(), [&](std::size_t i) { return matrix[i * n + i]; });
  std::vector<double> sorted;
  for (const std::size_t i : order) {
    const auto row = vectors.begin() + static_cast<std::ptrdiff_t>(i * n);
    const double largest = *std::max_element(row, row + static_cast<std::ptrdiff_t>(n),
                                             [](double a, double b) { return std::abs(a) < std::abs(b); });
    for (std::size_t k = 0; k < n; ++k)
      sorted.push_back(largest < 0 ? -row[static_cast<std::ptrdiff_t>(k)]
                                   : row[static_cast<std::ptrdiff_t>(k)]);
  }
  return sorted;
}

}  // namespace sonograd::train
