#include "kernels/losses/cross_entropy_simd.h"

#include "kernels/core/simd_math.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {

float class_row_loss(const float* x, std::int64_t n, std::int32_t k) {
  const simd::ShiftedExpSum shifted = simd::shifted_exp_sum(x, n);
  return simd::log(shifted.sum) - (x[k] - shifted.largest);
}

float soft_row_loss(const float* x, const float* target, std::int64_t n) {
  const simd::ShiftedExpSum shifted = simd::shifted_exp_sum(x, n);
  const float log_sum = simd::log(shifted.sum);
  return simd::block_sum(n, [=](std::int64_t i) { return target[i] * (log_sum - (x[i] - shifted.largest)); });
}

void class_row_gradient(const float* x, std::int64_t n, std::int32_t k, float scale, bool add, float* dx) {
  const simd::ShiftedExpSum shifted = simd::shifted_exp_sum(x, n);
  const float factor = scale / shifted.sum;
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i)
    dx[i] = (add ? dx[i] : 0.0f) + factor * simd::exp(x[i] - shifted.largest);
  dx[k] -= scale;
}

void soft_row_gradient(const float* x, const float* target, std::int64_t n, float scale, bool add,
                       float* dx) {
  const simd::ShiftedExpSum shifted = simd::shifted_exp_sum(x, n);
  const float mass = simd::block_sum(n, [=](std::int64_t i) { return target[i]; });
  const float factor = scale * mass / shifted.sum;
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) {
    dx[i] = (add ? dx[i] : 0.0f) + (factor * simd::exp(x[i] - shifted.largest) - scale * target[i]);
  }
}

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
