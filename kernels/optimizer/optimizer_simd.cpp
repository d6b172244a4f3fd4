#include "kernels/optimizer/optimizer_simd.h"

#include "kernels/core/simd_math.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

float regularized(const StepScalars& s, float gradient, float value) {
  const float sign = value > 0 ? 1.0f : value < 0 ? -1.0f : 0.0f;
  return gradient + s.l2 * value + s.l1 * sign;
}

}  // namespace

float sum_of_squares(std::int64_t n, const float* x) {
  return simd::block_sum(n, [=](std::int64_t i) SONOGRAD_INLINE { return x[i] * x[i]; });
}

void sgd_step(const StepScalars& s, std::int64_t n, const float* __restrict gradient,
              float* __restrict value) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) value[i] -= s.lr * regularized(s, gradient[i], value[i]);
}

void momentum_step(const StepScalars& s, bool nesterov, std::int64_t n, const float* __restrict gradient,
                   float* __restrict value, float* __restrict first) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) {
    const float g = regularized(s, gradient[i], value[i]);
    first[i] = s.momentum * first[i] + g;
    value[i] -= s.lr * (nesterov ? g + s.momentum * first[i] : first[i]);
  }
}

void adam_step(const StepScalars& s, std::int64_t n, const float* __restrict gradient,
               float* __restrict value, float* __restrict first, float* __restrict second) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) {
    const float g = regularized(s, gradient[i], value[i]);
    first[i] += s.new1 * (g - first[i]);
    second[i] = s.beta2 * second[i] + s.new2 * g * g;
    const float scale = __builtin_sqrtf(second[i]) * s.root_correction + s.eps;
    value[i] = s.keep * value[i] - s.first_correction * first[i] / scale;
  }
}

void rmsprop_step(const StepScalars& s, std::int64_t n, const float* __restrict gradient,
                  float* __restrict value, float* __restrict second) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) {
    const float g = regularized(s, gradient[i], value[i]);
    second[i] = s.alpha * second[i] + s.new_alpha * g * g;
    value[i] -= s.lr * (g / (__builtin_sqrtf(second[i]) + s.eps));
  }
}

void rmsprop_momentum_step(const StepScalars& s, std::int64_t n, const float* __restrict gradient,
                           float* __restrict value, float* __restrict first, float* __restrict second) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) {
    const float g = regularized(s, gradient[i], value[i]);
    second[i] = s.alpha * second[i] + s.new_alpha * g * g;
    first[i] = s.momentum * first[i] + g / (__builtin_sqrtf(second[i]) + s.eps);
    value[i] -= s.lr * first[i];
  }
}

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
