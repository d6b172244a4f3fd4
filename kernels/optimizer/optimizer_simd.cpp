#include "kernels/optimizer/optimizer_simd.h"

namespace sonograd::kernels::SONOGRAD_SIMD {
namespace {

inline float gradient(const OptimizerScalars& s, float w, float dw) {
  const float sign = static_cast<float>(w > 0) - static_cast<float>(w < 0);
  return s.gradient_scale * dw + s.l2 * w + s.l1 * sign;
}

}  // namespace

void sgd_step(const OptimizerScalars& s, std::int64_t n, float* __restrict w, const float* __restrict dw,
              float* __restrict b) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) {
    const float g = gradient(s, w[i], dw[i]);
    b[i] = s.momentum * b[i] + g;
    w[i] -= s.rate * (s.nesterov * (g + s.momentum * b[i] - b[i]) + b[i]);
  }
}

void adam_step(const OptimizerScalars& s, std::int64_t n, float* __restrict w, const float* __restrict dw,
               float* __restrict m, float* __restrict v) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) {
    const float g = gradient(s, w[i], dw[i]);
    m[i] = s.decay1 * m[i] + s.fresh1 * g;
    v[i] = s.decay2 * v[i] + s.fresh2 * g * g;
    w[i] = s.keep * w[i] - s.rate * m[i] / (__builtin_sqrtf(v[i]) * s.root_scale + s.eps);
  }
}

void rmsprop_step(const OptimizerScalars& s, std::int64_t n, float* __restrict w, const float* __restrict dw,
                  float* __restrict v, float* __restrict b) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) {
    const float g = gradient(s, w[i], dw[i]);
    v[i] = s.decay2 * v[i] + s.fresh2 * g * g;
    b[i] = s.momentum * b[i] + g / (__builtin_sqrtf(v[i]) + s.eps);
    w[i] -= s.rate * b[i];
  }
}

}  // namespace sonograd::kernels::SONOGRAD_SIMD
