// Matrix product on oneDNN.
#pragma once

#include <cstdint>

namespace sonograd::kernels::onednn {

/// c [m, n] (= or +=) alpha * op(a) op(b), row-major; op(a) is [m, k], op(b) [k, n]; a transposed matrix is stored as
/// [k, m] or [n, k]. `leading_*`: elements from one stored row to the next, at least the length of a row.
struct GemmShape {
  std::int64_t m = 0, n = 0, k = 0;
  bool transpose_a = false, transpose_b = false;
  std::int64_t leading_a = 0, leading_b = 0, leading_c = 0;
  float alpha = 1;
};

/// False if oneDNN refuses. May be called on several threads, also inside a parallel loop; the product then runs on its
/// thread alone.
[[nodiscard]] bool gemm(const GemmShape& shape, const float* a, const float* b, float* c, bool add);

}  // namespace sonograd::kernels::onednn
