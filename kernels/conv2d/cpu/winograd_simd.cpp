#include "kernels/conv2d/cpu/winograd_simd.h"

#include "kernels/core/simd_stored.h"
#include "kernels/core/simd_vector.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

using namespace kernels::SONOGRAD_SIMD;

static_assert(kWinogradPanel % kVector == 0 && kWinogradRows % kVector == 0 &&
              kWinogradRows % kProductTileRows == 0);

}  // namespace

template <class T>
void winograd_input(const T* const* patch, std::int64_t channels, float* v, std::int64_t point_step,
                    std::int64_t panel_step) {
  for (std::int64_t first = 0; first < channels; first += kWinogradRows, v += panel_step) {
    const std::int64_t count = channels - first < kWinogradRows ? channels - first : kWinogradRows;
    for_each_vector(count, [&](std::int64_t c, auto width) SONOGRAD_INLINE {
      Vector half[4][4];
      for (int j = 0; j < 4; ++j) {
        const auto at = [&](int i) { return load(patch[4 * i + j] + first + c, width); };
        const Vector d0 = at(0), d1 = at(1), d2 = at(2), d3 = at(3);
        half[0][j] = d0 - d2, half[1][j] = d1 + d2, half[2][j] = d2 - d1, half[3][j] = d1 - d3;
      }
      float* to = v + c;
      for (int i = 0; i < 4; ++i, to += 4 * point_step) {
        store(half[i][0] - half[i][2], to);
        store(half[i][1] + half[i][2], to + point_step);
        store(half[i][2] - half[i][1], to + 2 * point_step);
        store(half[i][1] - half[i][3], to + 3 * point_step);
      }
    });
  }
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
void winograd_output(const float* m, std::int64_t point_step, const float* bias, std::int64_t channels,
                     bool add, T* const* y) {
  for_each_vector(channels, [&](std::int64_t c, auto width) SONOGRAD_INLINE {
    Vector half[2][4];
    for (int j = 0; j < 4; ++j) {
      const float* from = m + j * point_step + c;
      const Vector m0 = load(from), m1 = load(from + 4 * point_step), m2 = load(from + 8 * point_step),
                   m3 = load(from + 12 * point_step);
      half[0][j] = m0 + m1 + m2, half[1][j] = m1 - m2 - m3;
    }
    const Vector b = load(bias + c);
    for (int i = 0; i < 2; ++i) {
      const Vector sums[2] = {half[i][0] + half[i][1] + half[i][2] + b,
                              half[i][1] - half[i][2] - half[i][3] + b};
      for (int j = 0; j < 2; ++j) {
        T* to = y[2 * i + j];
        if (to != nullptr) store(add ? load(to + c, width) + sums[j] : sums[j], to + c, width);
      }
    }
  });
}

#define SONOGRAD_WINOGRAD(T)                                                                       \
  template void winograd_input(const T* const*, std::int64_t, float*, std::int64_t, std::int64_t); \
  template void winograd_gradient(const T* const*, std::int64_t, float*, std::int64_t);            \
  template void winograd_output(const float*, std::int64_t, const float*, std::int64_t, bool, T* const*);
SONOGRAD_WINOGRAD(float)
SONOGRAD_WINOGRAD(bf16)

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
