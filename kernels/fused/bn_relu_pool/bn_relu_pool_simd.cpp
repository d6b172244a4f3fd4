#include "kernels/fused/bn_relu_pool/bn_relu_pool_simd.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

constexpr std::int64_t kChunk = 64;  // channels whose running values stay in the first-level cache
constexpr std::int32_t kNone = 255;  // kNoMaximum

std::int64_t smaller(std::int64_t a, std::int64_t b) {
  return a < b ? a : b;
}

}  // namespace

void bn_relu_pool_row(const BnReluPoolRow& row, const float* x, const float* mean, const float* scale,
                      const float* shift, bool add, float* y, std::uint8_t* index) {
  for (std::int64_t c = 0; c < row.channels; c += kChunk) {
    const std::int64_t n = smaller(kChunk, row.channels - c);
    for (std::int64_t out_f = 0; out_f < row.out_f; ++out_f) {
      float best[kChunk];
      std::int32_t where[kChunk];
      for (std::int64_t k = 0; k < kChunk; ++k) best[k] = 0, where[k] = kNone;
      std::int32_t number = 0;
      for (std::int64_t i = 0; i < row.pool_t; ++i) {
        for (std::int64_t j = 0; j < row.pool_f; ++j, ++number) {
          const float* __restrict value = x + (i * row.f + out_f * row.pool_f + j) * row.channels + c;
#pragma omp simd
          for (std::int64_t k = 0; k < n; ++k) {
            const float z = (value[k] - mean[c + k]) * scale[c + k] + shift[c + k];
            const bool wins = z > best[k] || z != z;  // a NaN shows and stays
            best[k] = wins ? z : best[k];
            where[k] = wins ? number : where[k];
          }
        }
      }
      float* __restrict to = y + out_f * row.channels + c;
      std::uint8_t* __restrict to_index = index + out_f * row.channels + c;
      for (std::int64_t k = 0; k < n; ++k) to[k] = add ? to[k] + best[k] : best[k];
      for (std::int64_t k = 0; k < n; ++k) to_index[k] = static_cast<std::uint8_t>(where[k]);
    }
  }
}

void bn_relu_pool_sums_row(const BnReluPoolRow& row, const float* x, const float* dy,
                           const std::uint8_t* index, const float* mean, float* sum_dy, float* sum_dy_x) {
  for (std::int64_t c = 0; c < row.channels; c += kChunk) {
    const std::int64_t n = smaller(kChunk, row.channels - c);
    float of_dy[kChunk] = {}, of_dy_x[kChunk] = {};
    for (std::int64_t out_f = 0; out_f < row.out_f; ++out_f) {
      const float* __restrict gradient = dy + out_f * row.channels + c;
      const std::uint8_t* __restrict winner = index + out_f * row.channels + c;
      std::int32_t number = 0;
      for (std::int64_t i = 0; i < row.pool_t; ++i) {
        for (std::int64_t j = 0; j < row.pool_f; ++j, ++number) {
          const float* __restrict value = x + (i * row.f + out_f * row.pool_f + j) * row.channels + c;
#pragma omp simd
          for (std::int64_t k = 0; k < n; ++k) {
            const float dz = winner[k] == number ? gradient[k] : 0.0f;
            of_dy[k] += dz;
            of_dy_x[k] += dz * (value[k] - mean[c + k]);
          }
        }
      }
    }
    for (std::int64_t k = 0; k < n; ++k) sum_dy[c + k] += of_dy[k];
    for (std::int64_t k = 0; k < n; ++k) sum_dy_x[c + k] += of_dy_x[k];
  }
}

void bn_relu_pool_gradient_row(const BnReluPoolRow& row, const float* x, const float* dy,
                               const std::uint8_t* index, std::int64_t t, const float* __restrict mean,
                               const float* __restrict dy_factor, const float* __restrict x_factor,
                               const float* __restrict constant, bool add, float* dx) {
  for (std::int64_t f = 0; f < row.f; ++f) {
    const std::int64_t out_f = f / row.pool_f;
    const float* __restrict value = x + f * row.channels;
    float* __restrict to = dx + f * row.channels;
    if (dy == nullptr || out_f >= row.out_f) {
#pragma omp simd
      for (std::int64_t c = 0; c < row.channels; ++c) {
        const float sum = x_factor[c] * (value[c] - mean[c]) + constant[c];
        to[c] = add ? to[c] + sum : sum;
      }
      continue;
    }
    const auto number = static_cast<std::int32_t>(t * row.pool_f + f % row.pool_f);
    const float* __restrict gradient = dy + out_f * row.channels;
    const std::uint8_t* __restrict winner = index + out_f * row.channels;
#pragma omp simd
    for (std::int64_t c = 0; c < row.channels; ++c) {
      const float dz = winner[c] == number ? gradient[c] : 0.0f;
      const float sum = dy_factor[c] * dz + x_factor[c] * (value[c] - mean[c]) + constant[c];
      to[c] = add ? to[c] + sum : sum;
    }
  }
}

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
