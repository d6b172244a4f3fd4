#include "kernels/conv2d/cpu/one_channel_simd.h"

#include "kernels/core/simd_stored.h"
#include "kernels/core/simd_vector.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

using namespace kernels::SONOGRAD_SIMD;

static_assert(kOneChannelPad % kVector == 0);

// Register tile: positions x vectors of channels. 24 sums of 32 registers with AVX-512, 8 of 16 without.
constexpr int kVectors = 4;
constexpr int kPositions = kVector == 16 ? 6 : 2;
constexpr int kTaps = 3;  // taps of one kernel row whose weight gradients are summed at a time
constexpr int kDataPositions = 8;

template <int P, int V, class T, class Width>
SONOGRAD_INLINE inline void forward_tile(const OneChannelRow& row, const float* x, const float* weight,
                                         const float* bias, bool add, T* y, Width width) {
  Vector sums[P][V];
  for (int v = 0; v < V; ++v) {
    for (int p = 0; p < P; ++p) sums[p][v] = load(bias + v * kVector);
  }
  for (std::int64_t i = 0; i < row.kernel_t; ++i) {
    for (std::int64_t j = 0; j < row.kernel_f; ++j, weight += row.channels_padded) {
      const float* value = x + i * row.tap_step_t + j * row.dilation_f;
      Vector w[V];
      for (int v = 0; v < V; ++v) w[v] = load(weight + v * kVector);
      for (int p = 0; p < P; ++p) {
        for (int v = 0; v < V; ++v) sums[p][v] += w[v] * value[p * row.stride_f];
      }
    }
  }
  for (int p = 0; p < P; ++p) {
    for (int v = 0; v < V; ++v) {
      T* to = y + p * row.channels + v * kVector;
      store(add ? load(to, width) + sums[p][v] : sums[p][v], to, width);
    }
  }
}

// Adds the products of a row of dy to the gradients of taps [j, j + G) of kernel row i.
template <int G, int V, class T, class Width>
SONOGRAD_INLINE inline void weight_tile(const OneChannelRow& row, const float* x, const T* dy, double* dw,
                                        Width width) {
  Vector sums[G][V] = {};
  for (std::int64_t f = 0; f < row.out_f; ++f, x += row.stride_f, dy += row.channels) {
    Vector gradient[V];
    for (int v = 0; v < V; ++v) gradient[v] = load(dy + v * kVector, width);
    for (int g = 0; g < G; ++g) {
      for (int v = 0; v < V; ++v) sums[g][v] += gradient[v] * x[g * row.dilation_f];
    }
  }
  for (int g = 0; g < G; ++g) {
    for (int v = 0; v < V; ++v) {
      double* to = dw + g * row.channels_padded + v * kVector;
      for (int k = 0; k < kVector; ++k) to[k] += static_cast<double>(sums[g][v][k]);
    }
  }
}

// Sums over taps and channels for P positions of the input, from number `k` on in steps of the stride. `inside`: every
// tap of every position lies on the row of dy.
template <int P, bool inside, class T>
SONOGRAD_INLINE inline void data_tile(const OneChannelRow& row, const T* const* dy_rows, const float* weight,
                                      std::int64_t first, std::int64_t k, bool add, T* dx) {
  Vector sums[P] = {};
  for (std::int64_t i = 0; i < row.kernel_t; ++i) {
    if (dy_rows[i] == nullptr) continue;
    for (std::int64_t j = 0; j < row.kernel_f; ++j) {
      const std::int64_t reach = first + row.f_before - j * row.dilation_f;
      if (reach % row.stride_f != 0) continue;
      const std::int64_t at = reach / row.stride_f + k;
      if (!inside && (at < 0 || at >= row.out_f)) continue;
      const T* gradient = dy_rows[i] + at * row.channels;
      const float* w = weight + (i * row.kernel_f + j) * row.channels_padded;
      for_each_vector(row.channels, [&](std::int64_t c, auto width) SONOGRAD_INLINE {
        const Vector factor = load(w + c);
        for (int p = 0; p < P; ++p) {
          // Other kernel rows and taps read lines that an earlier row or position has fetched.
          if (i == 0 && j == 0) prefetch_beyond(gradient + p * row.channels + c);
          sums[p] += factor * load(gradient + p * row.channels + c, width);
        }
      });
    }
  }
  for (int p = 0; p < P; ++p) {
    T& to = dx[first + (k + p) * row.stride_f];
    simd::narrow(add ? simd::widen(to) + sum(sums[p]) : sum(sums[p]), to);
  }
}

}  // namespace

template <class T>
void one_channel_forward_row(const OneChannelRow& row, const float* x, const float* weight, const float* bias,
                             Store mode, T* y) {
  const bool add = mode == Store::accumulate;
  const auto group = [&]<int V>(std::int64_t c, auto width) SONOGRAD_INLINE {
    std::int64_t f = 0;
    for (; f + kPositions <= row.out_f; f += kPositions) {
      forward_tile<kPositions, V>(row, x + f * row.stride_f, weight + c, bias + c, add,
                                  y + f * row.channels + c, width);
    }
    for (; f < row.out_f; ++f) {
      forward_tile<1, V>(row, x + f * row.stride_f, weight + c, bias + c, add, y + f * row.channels + c,
                         width);
    }
  };
  if (mode == Store::stream) {
    for_each_group<kVectors, Streamed>(row.channels, group);
    end_stream();
  } else {
    for_each_group<kVectors>(row.channels, group);
  }
}

template <class T>
void one_channel_weight_row(const OneChannelRow& row, const float* x, const T* dy, double* dw) {
  for_each_group<kVectors>(row.channels, [&]<int V>(std::int64_t c, auto width) SONOGRAD_INLINE {
    for (std::int64_t i = 0; i < row.kernel_t; ++i) {
      const float* values = x + i * row.tap_step_t;
      double* sums = dw + i * row.kernel_f * row.channels_padded + c;
      std::int64_t j = 0;
      for (; j + kTaps <= row.kernel_f; j += kTaps) {
        weight_tile<kTaps, V>(row, values + j * row.dilation_f, dy + c, sums + j * row.channels_padded,
                              width);
      }
      for (; j < row.kernel_f; ++j) {
        weight_tile<1, V>(row, values + j * row.dilation_f, dy + c, sums + j * row.channels_padded, width);
      }
    }
  });
}

template <class T>
void one_channel_data_row(const OneChannelRow& row, const T* const* dy_rows, const float* weight, bool add,
                          T* dx) {
  const std::int64_t reach = (row.kernel_f - 1) * row.dilation_f;
  for (std::int64_t first = 0; first < row.stride_f && first < row.f; ++first) {
    const std::int64_t count = (row.f - first - 1) / row.stride_f + 1;
    // For k = 0, every tap j reads an output position between these two (rounded towards the inside).
    const std::int64_t lowest = first + row.f_before - reach, highest = first + row.f_before;
    std::int64_t k = 0;
    while (k < count) {
      const bool inside = k + kDataPositions <= count && lowest + k * row.stride_f >= 0 &&
                          highest + (k + kDataPositions - 1) * row.stride_f < row.out_f * row.stride_f;
      if (inside) {
        data_tile<kDataPositions, true>(row, dy_rows, weight, first, k, add, dx);
        k += kDataPositions;
      } else {
        data_tile<1, false>(row, dy_rows, weight, first, k, add, dx);
        ++k;
      }
    }
  }
}

#define SONOGRAD_ONE_CHANNEL_ROWS(T)                                                                    \
  template void one_channel_forward_row(const OneChannelRow&, const float*, const float*, const float*, \
                                        Store, T*);                                                     \
  template void one_channel_weight_row(const OneChannelRow&, const float*, const T*, double*);          \
  template void one_channel_data_row(const OneChannelRow&, const T* const*, const float*, bool, T*);
SONOGRAD_ONE_CHANNEL_ROWS(float)
SONOGRAD_ONE_CHANNEL_ROWS(bf16)

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
