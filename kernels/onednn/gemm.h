// Matrix product on oneDNN.
#pragma once

#include <cstdint>

namespace sonograd::kernels::onednn {

/// c [m, n] (= or +=) alpha * op(a) op(b), row-major; op(a) is [m, k], op(b) [k, n], a transposed matrix being stored the
/// other way round. `leading_*`: elements from one stored row to the next, at least as many as it has.
struct GemmShape {
  std::int64_t m = 0, n = 0, k = 0;
  bool transpose_a = false, transpose_b = false;
  std::int64_t leading_a = 0, leading_b = 0, leading_c = 0;
  float alpha = 1;
};

/// False when oneDNN refuses. May be called on several threads, also inside a parallel loop; the product then stays on its
/// thread.
[[nodiscard]] bool gemm(const GemmShape& shape, const float* a, const float* b, float* c, bool add);

}  // namespace sonograd::kernels::onednn
