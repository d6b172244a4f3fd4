#include "kernels/batch_norm/batch_norm_simd.h"

#include "kernels/core/simd_stored.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {

using simd::narrow, simd::widen;

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

template <class T>
void column_moments(const T* x, std::int64_t rows, std::int64_t width, float* mean, float* squares) {
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
        const T* __restrict value = x + r * width + c;
#pragma omp simd
        for (std::int64_t k = 0; k < n; ++k) tile_mean[k] += widen(value[k]);
      }
      const float inverse = 1.0f / static_cast<float>(count);
      for (std::int64_t k = 0; k < n; ++k) tile_mean[k] *= inverse;
      for (std::int64_t r = row; r < row + count; ++r) {
        const T* __restrict value = x + r * width + c;
#pragma omp simd
        for (std::int64_t k = 0; k < n; ++k) {
          const float difference = widen(value[k]) - tile_mean[k];
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

template <class T>
void normalize_columns(const T* x, std::int64_t rows, std::int64_t width, const float* __restrict mean,
                       const float* __restrict scale, const float* __restrict shift, bool add, T* y) {
  for (std::int64_t row = 0; row < rows; ++row) {
    const T* __restrict from = x + row * width;
    T* __restrict to = y + row * width;
    if (add) {
#pragma omp simd
      for (std::int64_t c = 0; c < width; ++c) {
        narrow(widen(to[c]) + ((widen(from[c]) - mean[c]) * scale[c] + shift[c]), to[c]);
      }
    } else {
#pragma omp simd
      for (std::int64_t c = 0; c < width; ++c) {
        narrow((widen(from[c]) - mean[c]) * scale[c] + shift[c], to[c]);
      }
    }
  }
}

template <class T>
void column_gradient_sums(const T* x, const T* dy, std::int64_t rows, std::int64_t width, const float* mean,
                          float* sum_dy, float* sum_dy_x) {
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
        const T* __restrict value = x + r * width + c;
        const T* __restrict gradient = dy + r * width + c;
#pragma omp simd
        for (std::int64_t k = 0; k < n; ++k) {
          tile_dy[k] += widen(gradient[k]);
          tile_dy_x[k] += widen(gradient[k]) * (widen(value[k]) - centre[k]);
        }
      }
      for (std::int64_t k = 0; k < n; ++k) sum_dy[c + k] += tile_dy[k];
      for (std::int64_t k = 0; k < n; ++k) sum_dy_x[c + k] += tile_dy_x[k];
    }
  }
}

template <class T>
void column_gradients(const T* x, const T* dy, std::int64_t rows, std::int64_t width,
                      const float* __restrict mean, const float* __restrict dy_factor,
                      const float* __restrict x_factor, const float* __restrict constant, bool add, T* dx) {
  for (std::int64_t row = 0; row < rows; ++row) {
    const T* __restrict value = x + row * width;
    const T* __restrict gradient = dy + row * width;
    T* __restrict to = dx + row * width;
#pragma omp simd
    for (std::int64_t c = 0; c < width; ++c) {
      const float sum =
          dy_factor[c] * widen(gradient[c]) + x_factor[c] * (widen(value[c]) - mean[c]) + constant[c];
      narrow(add ? widen(to[c]) + sum : sum, to[c]);
    }
  }
}

#define SONOGRAD_BATCH_NORM_COLUMNS(T)                                                                       \
  template void column_moments(const T*, std::int64_t, std::int64_t, float*, float*);                        \
  template void normalize_columns(const T*, std::int64_t, std::int64_t, const float*, const float*,          \
                                  const float*, bool, T*);                                                   \
  template void column_gradient_sums(const T*, const T*, std::int64_t, std::int64_t, const float*, float*,   \
                                     float*);                                                                \
  template void column_gradients(const T*, const T*, std::int64_t, std::int64_t, const float*, const float*, \
                                 const float*, const float*, bool, T*);
SONOGRAD_BATCH_NORM_COLUMNS(float)
SONOGRAD_BATCH_NORM_COLUMNS(bf16)

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
