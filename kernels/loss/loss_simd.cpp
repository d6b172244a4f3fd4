#include "kernels/loss/loss_simd.h"

#include "kernels/core/simd_math.h"

namespace sonograd::kernels::SONOGRAD_SIMD {
namespace {

inline float larger(float a, float b) {
  return a > b ? a : b;
}

inline float row_maximum(std::int64_t n, const float* x) {
  float top = x[0];
  for (std::int64_t i = 1; i < n; ++i) top = larger(top, x[i]);
  return top;
}

inline float exp_sum(std::int64_t n, const float* x, float top) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < n; ++i) sum += simd::exp(x[i] - top);
  return sum;
}

}  // namespace

float tag_loss_row(std::int64_t n, const float* __restrict x, const float* __restrict z,
                   const float* __restrict weight, const std::uint8_t* __restrict mse_mask) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < n; ++i) {
    const float size = x[i] < 0 ? -x[i] : x[i];
    const float entropy = larger(x[i], 0.0f) - x[i] * z[i] + simd::log(1 + simd::exp(-size));
    const float error = simd::sigmoid(x[i]) - z[i];
    const float loss = mse_mask != nullptr && mse_mask[i] != 0 ? error * error : entropy;
    sum += (weight != nullptr ? weight[i] : 1.0f) * loss;
  }
  return sum;
}

void tag_loss_backward_row(std::int64_t n, const float* __restrict x, const float* __restrict z,
                           const float* __restrict weight, const std::uint8_t* __restrict mse_mask,
                           float factor, bool adds, float* __restrict dx) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) {
    const float p = simd::sigmoid(x[i]);
    const float slope = mse_mask != nullptr && mse_mask[i] != 0 ? 2 * p * (1 - p) : 1.0f;
    const float d = factor * (weight != nullptr ? weight[i] : 1.0f) * slope * (p - z[i]);
    dx[i] = adds ? dx[i] + d : d;
  }
}

float cross_entropy_row(std::int64_t n, const float* __restrict x, const float* __restrict z) {
  const float top = row_maximum(n, x);
  const float log_sum = simd::log(exp_sum(n, x, top));
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < n; ++i) sum += z[i] * (log_sum - (x[i] - top));
  return sum;
}

void cross_entropy_backward_row(std::int64_t n, const float* __restrict x, const float* __restrict z,
                                float factor, bool adds, float* __restrict dx) {
  const float top = row_maximum(n, x);
  const float scale = 1 / exp_sum(n, x, top);
  float mass = 0;  // 1 unless the targets do not sum to 1
  for (std::int64_t i = 0; i < n; ++i) mass += z[i];
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) {
    const float d = factor * (mass * scale * simd::exp(x[i] - top) - z[i]);
    dx[i] = adds ? dx[i] + d : d;
  }
}

float mse_row(std::int64_t n, const float* __restrict x, const float* __restrict z) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < n; ++i) sum += (x[i] - z[i]) * (x[i] - z[i]);
  return sum;
}

void mse_backward_row(std::int64_t n, const float* __restrict x, const float* __restrict z, float factor,
                      bool adds, float* __restrict dx) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) {
    const float d = 2 * factor * (x[i] - z[i]);
    dx[i] = adds ? dx[i] + d : d;
  }
}

}  // namespace sonograd::kernels::SONOGRAD_SIMD
