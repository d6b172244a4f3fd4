// Matrix product on oneDNN.
#pragma once

#include <cstdint>

namespace sonograd::kernels::onednn {

/// c [m, n] (= or +=) op(a) op(b), row-major and dense; op(a) is [m, k], op(b) [k, n], a transposed matrix
/// being stored the other way round. Throws DeviceError when oneDNN refuses.
struct GemmShape {
  std::int64_t m = 0, n = 0, k = 0;
  bool transpose_a = false, transpose_b = false;
};
void gemm(const GemmShape& shape, const float* a, const float* b, float* c, bool add);

}  // namespace sonograd::kernels::onednn
