#include "kernels/gemm/dot_products_simd.h"

#include "kernels/core/simd_vector.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

using namespace kernels::SONOGRAD_SIMD;

// Register tile, rows of A x rows of B: 24 sums of 32 registers with AVX-512, 12 of 16 without.
constexpr int kRows = kVector == 16 ? 6 : 4;
constexpr int kColumns = kVector == 16 ? 4 : 3;

template <int R, int C>
SONOGRAD_INLINE inline void tile(const DotProducts& p, const float* a, const float* b, float* c) {
  Vector sums[R][C] = {};
  const auto add = [&](std::int64_t l, auto width) SONOGRAD_INLINE {
    Vector columns[C];
    for (int j = 0; j < C; ++j) columns[j] = load(b + j * p.b_step + l, width);
    for (int i = 0; i < R; ++i) {
      const Vector row = load(a + i * p.a_step + l, width);
      for (int j = 0; j < C; ++j) sums[i][j] += row * columns[j];
    }
  };
  for_each_vector(p.k, add);
  for (int i = 0; i < R; ++i) {
    for (int j = 0; j < C; ++j) {
      float& to = c[i * p.c_step + j];
      const float value = p.alpha * sum(sums[i][j]);
      to = p.add ? to + value : value;
    }
  }
}

template <int R>
SONOGRAD_INLINE inline void rows(const DotProducts& p, const float* a, float* c, std::int64_t n) {
  std::int64_t j = 0;
  for (; j + kColumns <= n; j += kColumns) tile<R, kColumns>(p, a, p.b + j * p.b_step, c + j);
  for (; j < n; ++j) tile<R, 1>(p, a, p.b + j * p.b_step, c + j);
}

}  // namespace

void dot_products(const DotProducts& p, std::int64_t m, std::int64_t n) {
  std::int64_t i = 0;
  for (; i + kRows <= m; i += kRows) rows<kRows>(p, p.a + i * p.a_step, p.c + i * p.c_step, n);
  for (; i < m; ++i) rows<1>(p, p.a + i * p.a_step, p.c + i * p.c_step, n);
}

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
