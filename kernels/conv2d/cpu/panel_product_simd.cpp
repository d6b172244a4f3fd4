#include "kernels/conv2d/cpu/panel_product_simd.h"

#include "kernels/core/simd_vector.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

using namespace kernels::SONOGRAD_SIMD;

static_assert(kProductPanel % (2 * kVector) == 0);

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
SONOGRAD_INLINE inline void product_tile(const ProductRows& from, std::int64_t first, std::int64_t depth,
                                         const float* u, bool add, float* m) {
  constexpr int kPointers = R < 3 ? 1 : R / 3;
  const std::int64_t step = kRowStep != 0 ? kRowStep : from.row_step;
  const std::int64_t depth_step = kRowStep != 0 ? from.depth_step : 1;
  const float* rows[kPointers];
  for (int g = 0; g < kPointers; ++g) rows[g] = from.at + (first + 3 * g) * step;
  Vector sums[R][2] = {};
  for (std::int64_t k = 0; k < depth; ++k, u += kProductPanel) {
    add_products<R>(rows, step, load(u), load(u + kVector), sums);
    for (int g = 0; g < kPointers; ++g) rows[g] += depth_step;
  }
  for (int r = 0; r < R; ++r) {
    for (int v = 0; v < 2; ++v) {
      float* to = m + (first + r) * kProductPanel + v * kVector;
      store(add ? load(to) + sums[r][v] : sums[r][v], to);
    }
  }
}

template <int kRowStep>
SONOGRAD_INLINE inline void product(const ProductRows& rows, std::int64_t count, std::int64_t depth,
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

void panel_product(const ProductRows& rows, std::int64_t count, std::int64_t depth, const float* u,
                   std::int64_t columns, bool add, float* m) {
  if (rows.depth_step == 1) {
    product<0>(rows, count, depth, u, columns, add, m);
  } else {
    product<1>(rows, count, depth, u, columns, add, m);
  }
}

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
