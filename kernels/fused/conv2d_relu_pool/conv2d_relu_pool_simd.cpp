#include "kernels/fused/conv2d_relu_pool/conv2d_relu_pool_simd.h"

#include "kernels/core/simd_vector.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {

using namespace kernels::SONOGRAD_SIMD;

void relu_pool_row(const ReluPoolRow& row, const float* x, bool add, float* y) {
  for (std::int64_t out_f = 0; out_f < row.out_f; ++out_f) {
    for_each_vector(row.channels, [&](std::int64_t c, auto width) {
      Vector best = {};
      for (std::int64_t i = 0; i < row.pool_t; ++i) {
        const float* value = x + (i * row.f + out_f * row.pool_f) * row.channels + c;
        for (std::int64_t j = 0; j < row.pool_f; ++j, value += row.channels) {
          const Vector z = load(value, width);
          best = (z > best) | (z != z) ? z : best;  // a NaN shows and stays
        }
      }
      float* to = y + out_f * row.channels + c;
      store(add ? load(to, width) + best : best, to, width);
    });
  }
}

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
