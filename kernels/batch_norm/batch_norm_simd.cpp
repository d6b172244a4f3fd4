#include "kernels/batch_norm/batch_norm_simd.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

// A tile is read from memory once and then from the first-level cache; short sums also round less.
constexpr std::int64_t kTileColumns = 256;
constexpr std::int64_t kTileRows = 16;

std::int64_t smaller(std::int64_t a, std::int64_t b) {
  return a < b ? a : b;
}

void clear(float* x, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) x[i] = 0;
}

}  // namespace

void column_moments(const float* x, std::int64_t rows, std::int64_t width, float* mean, float* squares) {
  for (std::int64_t c = 0; c < width; c += kTileColumns) {
    const std::int64_t n = smaller(kTileColumns, width - c);
    float* __restrict all_mean = mean + c;
    float* __restrict all_squares = squares + c;
    clear(all_mean, n);
    clear(all_squares, n);
    for (std::int64_t row = 0; row < rows; row += kTileRows) {
      const std::int64_t count = smaller(kTileRows, rows - row);
      float tile_mean[kTileColumns], tile_squares[kTileColumns];
      clear(tile_mean, n);
      clear(tile_squares, n);
      for (std::int64_t r = row; r < row + count; ++r) {
        const float* __restrict value = x + r * width + c;
#pragma omp simd
        for (std::int64_t k = 0; k < n; ++k) tile_mean[k] += value[k];
      }
      const float inverse = 1.0f / static_cast<float>(count);
      for (std::int64_t k = 0; k < n; ++k) tile_mean[k] *= inverse;
      for (std::int64_t r = row; r < row + count; ++r) {
        const float* __restrict value = x + r * width + c;
#pragma omp simd
        for (std::int64_t k = 0; k < n; ++k) {
          const float difference = value[k] - tile_mean[k];
          tile_squares[k] += difference * difference;
        }
      }
      // Chan's merge of `row` rows and `count` rows.
      const float share = static_cast<float>(count) / static_cast<float>(row + count);
      const float weight = static_cast<float>(row) * share;
#pragma omp simd
      for (std::int64_t k = 0; k < n; ++k) {
        const float difference = tile_mean[k] - all_mean[k];
        all_mean[k] += difference * share;
        all_squares[k] += tile_squares[k] + difference * difference * weight;
      }
    }
  }
}

void normalize_columns(const float* x, std::int64_t rows, std::int64_t width, const float* __restrict mean,
                       const float* __restrict scale, const float* __restrict shift, bool add, float* y) {
  for (std::int64_t row = 0; row < rows; ++row) {
    const float* __restrict from = x + row * width;
    float* __restrict to = y + row * width;
    if (add) {
#pragma omp simd
      for (std::int64_t c = 0; c < width; ++c) to[c] += (from[c] - mean[c]) * scale[c] + shift[c];
    } else {
#pragma omp simd
      for (std::int64_t c = 0; c < width; ++c) to[c] = (from[c] - mean[c]) * scale[c] + shift[c];
    }
  }
}

void column_gradient_sums(const float* x, const float* dy, std::int64_t rows, std::int64_t width,
                          const float* mean, float* sum_dy, float* sum_dy_x) {
  for (std::int64_t c = 0; c < width; c += kTileColumns) {
    const std::int64_t n = smaller(kTileColumns, width - c);
    const float* __restrict centre = mean + c;
    clear(sum_dy + c, n);
    clear(sum_dy_x + c, n);
    for (std::int64_t row = 0; row < rows; row += kTileRows) {
      float tile_dy[kTileColumns], tile_dy_x[kTileColumns];
      clear(tile_dy, n);
      clear(tile_dy_x, n);
      for (std::int64_t r = row; r < smaller(row + kTileRows, rows); ++r) {
        const float* __restrict value = x + r * width + c;
        const float* __restrict gradient = dy + r * width + c;
#pragma omp simd
        for (std::int64_t k = 0; k < n; ++k) {
          tile_dy[k] += gradient[k];
          tile_dy_x[k] += gradient[k] * (value[k] - centre[k]);
        }
      }
      for (std::int64_t k = 0; k < n; ++k) sum_dy[c + k] += tile_dy[k];
      for (std::int64_t k = 0; k < n; ++k) sum_dy_x[c + k] += tile_dy_x[k];
    }
  }
}

void column_gradients(const float* x, const float* dy, std::int64_t rows, std::int64_t width,
                      const float* __restrict mean, const float* __restrict dy_factor,
                      const float* __restrict x_factor, const float* __restrict constant, bool add,
                      float* dx) {
  for (std::int64_t row = 0; row < rows; ++row) {
    const float* __restrict value = x + row * width;
    const float* __restrict gradient = dy + row * width;
    float* __restrict to = dx + row * width;
#pragma omp simd
    for (std::int64_t c = 0; c < width; ++c) {
      const float sum = dy_factor[c] * gradient[c] + x_factor[c] * (value[c] - mean[c]) + constant[c];
      to[c] = add ? to[c] + sum : sum;
    }
  }
}

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
