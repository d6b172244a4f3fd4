#include "kernels/conv2d/cpu/winograd_simd.h"

#include "kernels/core/simd_stored.h"
#include "kernels/core/simd_vector.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

using namespace kernels::SONOGRAD_SIMD;

static_assert(kWinogradPanel % kVector == 0 && kWinogradRows % kVector == 0 &&
              kWinogradRows % kProductTileRows == 0);

// p = B^T d along one axis. With a stride of 2 two taps meet the inputs at even places, one tap those at odd ones.
template <int Stride>
SONOGRAD_INLINE inline void to_points(const Vector* d, Vector* p) {
  p[0] = d[0] - d[2];
  if constexpr (Stride == 1) {
    p[1] = d[1] + d[2], p[2] = d[2] - d[1], p[3] = d[1] - d[3];
  } else {
    p[1] = d[2], p[2] = d[4] - d[2], p[3] = d[1], p[4] = d[3];
  }
}

// y = A^T p along one axis.
template <int Stride>
SONOGRAD_INLINE inline void to_outputs(const Vector* p, Vector* y) {
  if constexpr (Stride == 1) {
    y[0] = p[0] + p[1] + p[2], y[1] = p[1] - p[2] - p[3];
  } else {
    y[0] = p[0] + p[1] + p[3], y[1] = p[1] + p[2] + p[4];
  }
}

template <int StrideT, int StrideF, class T>
SONOGRAD_INLINE inline void input_tile(const T* const* patch, std::int64_t channels, float* v,
                                       std::int64_t point_step, std::int64_t panel_step) {
  constexpr int kRows = winograd_points(StrideT), kColumns = winograd_points(StrideF);
  for (std::int64_t first = 0; first < channels; first += kWinogradRows, v += panel_step) {
    const std::int64_t count = channels - first < kWinogradRows ? channels - first : kWinogradRows;
    for_each_vector(count, [&](std::int64_t c, auto width) SONOGRAD_INLINE {
      Vector half[kRows][kColumns];
      for (int j = 0; j < kColumns; ++j) {
        Vector d[kRows], p[kRows];
        for (int i = 0; i < kRows; ++i) d[i] = load(patch[kColumns * i + j] + first + c, width);
        to_points<StrideT>(d, p);
        for (int i = 0; i < kRows; ++i) half[i][j] = p[i];
      }
      float* to = v + c;
      for (int i = 0; i < kRows; ++i) {
        Vector p[kColumns];
        to_points<StrideF>(half[i], p);
        for (int j = 0; j < kColumns; ++j, to += point_step) store(p[j], to);
      }
    });
  }
}

template <int StrideT, int StrideF, class T>
SONOGRAD_INLINE inline void output_tile(const float* m, std::int64_t point_step, const float* bias,
                                        std::int64_t channels, bool add, T* const* y) {
  constexpr int kRows = winograd_points(StrideT), kColumns = winograd_points(StrideF);
  for_each_vector(channels, [&](std::int64_t c, auto width) SONOGRAD_INLINE {
    Vector half[2][kColumns];
    for (int j = 0; j < kColumns; ++j) {
      Vector p[kRows], sums[2];
      for (int i = 0; i < kRows; ++i) p[i] = load(m + (i * kColumns + j) * point_step + c);
      to_outputs<StrideT>(p, sums);
      half[0][j] = sums[0], half[1][j] = sums[1];
    }
    const Vector b = load(bias + c);
    for (int i = 0; i < 2; ++i) {
      Vector sums[2];
      to_outputs<StrideF>(half[i], sums);
      for (int j = 0; j < 2; ++j) {
        T* to = y[2 * i + j];
        const Vector sum = sums[j] + b;
        if (to != nullptr) store(add ? load(to + c, width) + sum : sum, to + c, width);
      }
    }
  });
}

// Calls `body.operator()<StrideT, StrideF>()`.
template <class Body>
SONOGRAD_INLINE inline void for_strides(std::int64_t stride_t, std::int64_t stride_f, const Body& body) {
  if (stride_t == 1) {
    stride_f == 1 ? body.template operator()<1, 1>() : body.template operator()<1, 2>();
  } else {
    stride_f == 1 ? body.template operator()<2, 1>() : body.template operator()<2, 2>();
  }
}

}  // namespace

template <class T>
void winograd_input(std::int64_t stride_t, std::int64_t stride_f, const T* const* patch,
                    std::int64_t channels, float* v, std::int64_t point_step, std::int64_t panel_step) {
  for_strides(stride_t, stride_f, [&]<int StrideT, int StrideF>() SONOGRAD_INLINE {
    input_tile<StrideT, StrideF>(patch, channels, v, point_step, panel_step);
  });
}

template <class T>
void winograd_gradient(const T* const* tile, std::int64_t channels, float* m, std::int64_t point_step) {
  for (std::int64_t c = channels / kVector * kVector; c < kWinogradPanel; c += kVector) {
    for (std::int64_t point = 0; point < kWinogradPoints; ++point)
      store(Vector{}, m + point * point_step + c);
  }
  for_each_vector(channels, [&](std::int64_t c, auto width) SONOGRAD_INLINE {
    Vector half[4][2];
    for (int j = 0; j < 2; ++j) {
      const Vector g0 = load(tile[j] + c, width), g1 = load(tile[2 + j] + c, width);
      half[0][j] = g0, half[1][j] = g0 + g1, half[2][j] = g0 - g1, half[3][j] = -g1;
    }
    float* to = m + c;
    for (int i = 0; i < 4; ++i, to += 4 * point_step) {
      store(half[i][0], to);
      store(half[i][0] + half[i][1], to + point_step);
      store(half[i][0] - half[i][1], to + 2 * point_step);
      store(-half[i][1], to + 3 * point_step);
    }
  });
}

template <class T>
void winograd_output(std::int64_t stride_t, std::int64_t stride_f, const float* m, std::int64_t point_step,
                     const float* bias, std::int64_t channels, bool add, T* const* y) {
  for_strides(stride_t, stride_f, [&]<int StrideT, int StrideF>() SONOGRAD_INLINE {
    output_tile<StrideT, StrideF>(m, point_step, bias, channels, add, y);
  });
}

#define SONOGRAD_WINOGRAD(T)                                                                          \
  template void winograd_input(std::int64_t, std::int64_t, const T* const*, std::int64_t, float*,     \
                               std::int64_t, std::int64_t);                                           \
  template void winograd_gradient(const T* const*, std::int64_t, float*, std::int64_t);               \
  template void winograd_output(std::int64_t, std::int64_t, const float*, std::int64_t, const float*, \
                                std::int64_t, bool, T* const*);
SONOGRAD_WINOGRAD(float)
SONOGRAD_WINOGRAD(bf16)

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
