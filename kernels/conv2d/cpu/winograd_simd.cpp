#include "kernels/conv2d/cpu/winograd_simd.h"

#include "kernels/core/simd_stored.h"
#include "kernels/core/simd_vector.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

using namespace kernels::SONOGRAD_SIMD;

static_assert(kWinogradPanel % (2 * kVector) == 0 && kWinogradRows % kVector == 0 && kWinogradRows % 12 == 0);

// Register tile, rows x 2 vectors: 24 sums of 32 registers with AVX-512, 12 of 16 without.
constexpr int kTileRows = kVector == 16 ? 12 : 6;

// Adds the products of element r of R rows to `sums`. Rows are addressed by threes, each from a pointer of its own: so many
// steps are part of an address.
template <int R>
SONOGRAD_INLINE inline void add_products(const float* const* rows, std::int64_t step, Vector a, Vector b,
                                         Vector (*sums)[2]) {
  if constexpr (R % 3 == 0) {
    for (int g = 0; g < R / 3; ++g) {
      for (int r = 0; r < 3; ++r) {
        const float value = rows[g][r * step];
        sums[3 * g + r][0] += a * value;
        sums[3 * g + r][1] += b * value;
      }
    }
  } else {
    static_assert(R == 1);
    sums[0][0] += a * rows[0][0];
    sums[0][1] += b * rows[0][0];
  }
}

// kRowStep: the distance of rows where it is known, or 0.
template <int R, int kRowStep>
SONOGRAD_INLINE inline void product_tile(const WinogradRows& from, std::int64_t first, std::int64_t depth,
                                         const float* u, bool add, float* m) {
  constexpr int kPointers = R < 3 ? 1 : R / 3;
  const std::int64_t step = kRowStep != 0 ? kRowStep : from.row_step;
  const std::int64_t depth_step = kRowStep != 0 ? from.depth_step : 1;
  const float* rows[kPointers];
  for (int g = 0; g < kPointers; ++g) rows[g] = from.at + (first + 3 * g) * step;
  Vector sums[R][2] = {};
  for (std::int64_t k = 0; k < depth; ++k, u += kWinogradPanel) {
    add_products<R>(rows, step, load(u), load(u + kVector), sums);
    for (int g = 0; g < kPointers; ++g) rows[g] += depth_step;
  }
  for (int r = 0; r < R; ++r) {
    for (int v = 0; v < 2; ++v) {
      float* to = m + (first + r) * kWinogradPanel + v * kVector;
      store(add ? load(to) + sums[r][v] : sums[r][v], to);
    }
  }
}

template <int kRowStep>
SONOGRAD_INLINE inline void product(const WinogradRows& rows, std::int64_t count, std::int64_t depth,
                                    const float* u, std::int64_t columns, bool add, float* m) {
  for (std::int64_t c = 0; c < columns; c += 2 * kVector) {
    std::int64_t r = 0;
    for (; r + kTileRows <= count; r += kTileRows)
      product_tile<kTileRows, kRowStep>(rows, r, depth, u + c, add, m + c);
    for (; r + 3 <= count; r += 3) product_tile<3, kRowStep>(rows, r, depth, u + c, add, m + c);
    for (; r < count; ++r) product_tile<1, kRowStep>(rows, r, depth, u + c, add, m + c);
  }
}

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

void winograd_product(const WinogradRows& rows, std::int64_t count, std::int64_t depth, const float* u,
                      std::int64_t columns, bool add, float* m) {
  if (rows.depth_step == 1) {
    product<0>(rows, count, depth, u, columns, add, m);
  } else {
    product<1>(rows, count, depth, u, columns, add, m);
  }
}

#define SONOGRAD_WINOGRAD(T)                                                                       \
  template void winograd_input(const T* const*, std::int64_t, float*, std::int64_t, std::int64_t); \
  template void winograd_gradient(const T* const*, std::int64_t, float*, std::int64_t);            \
  template void winograd_output(const float*, std::int64_t, const float*, std::int64_t, bool, T* const*);
SONOGRAD_WINOGRAD(float)
SONOGRAD_WINOGRAD(bf16)

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
