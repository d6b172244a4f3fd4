#include "kernels/gemm/outer_products_simd.h"

#include "kernels/core/simd_vector.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

using namespace kernels::SONOGRAD_SIMD;

// Register tile, rows of A x vectors of B: 24 sums of 32 registers with AVX-512, 12 of 16 without.
constexpr int kRows = kVector == 16 ? 12 : 6;
constexpr int kVectors = 2;
constexpr int kColumns = kVectors * kVector;

// Rows of B that are copied at a time, to lie side by side in the first-level cache. Sums of longer columns are added up in
// C, part by part: they also lose less to rounding than one chain.
constexpr std::int64_t kDepth = 256;

// Up to kColumns columns of B, in a panel of whole vectors; there are zeros behind the last column.
void copy_panel(const OuterProducts& p, const float* b, std::int64_t depth, std::int64_t columns,
                float* panel) {
  if (p.b_column == 1 && columns == kColumns) {
    for (std::int64_t l = 0; l < depth; ++l) {
      for (int v = 0; v < kColumns; v += kVector) store(load(b + l * p.b_row + v), panel + l * kColumns + v);
    }
    return;
  }
  for (std::int64_t l = 0; l < depth; ++l) {
    for (std::int64_t j = 0; j < kColumns; ++j) {
      panel[l * kColumns + j] = j < columns ? b[l * p.b_row + j * p.b_column] : 0;
    }
  }
}

// One vector of each row of a tile. The sum is added to zero, too, so that the compiler has one way to fuse product and sum:
// the bits would otherwise depend on the height of the tile.
template <int R, class Width>
SONOGRAD_INLINE inline void write(const OuterProducts& p, const Vector (&sums)[R][kVectors], int v, float* c,
                                  bool add, Width width) {
  for (int i = 0; i < R; ++i) {
    float* to = c + i * p.c_row + v * kVector;
    Vector start = {};
    if (add) start = load(to, width);
    store(start + p.alpha * sums[i][v], to, width);
  }
}

template <int R>
SONOGRAD_INLINE inline void tile(const OuterProducts& p, const float* a, const float* panel,
                                 std::int64_t depth, std::int64_t columns, float* c, bool add) {
  Vector sums[R][kVectors] = {};
  for (std::int64_t l = 0; l < depth; ++l) {
    Vector row[kVectors];
    for (int v = 0; v < kVectors; ++v) row[v] = load(panel + l * kColumns + v * kVector);
    for (int i = 0; i < R; ++i) {
      const float factor = a[i * p.a_row + l * p.a_column];
      for (int v = 0; v < kVectors; ++v) sums[i][v] += factor * row[v];
    }
  }
  for (int v = 0; v < kVectors; ++v) {
    const std::int64_t rest = columns - v * kVector;
    if (rest >= kVector) {
      write<R>(p, sums, v, c, add, Full{});
    } else if (rest > 0) {
      write<R>(p, sums, v, c, add, Part{rest});
    }
  }
}

}  // namespace

void outer_products(const OuterProducts& p, std::int64_t m, std::int64_t n) {
  alignas(kVector * sizeof(float)) float panel[kDepth * kColumns];
  for (std::int64_t j = 0; j < n; j += kColumns) {
    const std::int64_t columns = n - j < kColumns ? n - j : kColumns;
    for (std::int64_t l = 0; l == 0 || l < p.k; l += kDepth) {
      const std::int64_t depth = p.k - l < kDepth ? p.k - l : kDepth;
      const bool add = p.add || l > 0;
      copy_panel(p, p.b + l * p.b_row + j * p.b_column, depth, columns, panel);
      const float* a = p.a + l * p.a_column;
      std::int64_t i = 0;
      for (; i + kRows <= m; i += kRows)
        tile<kRows>(p, a + i * p.a_row, panel, depth, columns, p.c + i * p.c_row + j, add);
      for (; i + 3 <= m; i += 3)
        tile<3>(p, a + i * p.a_row, panel, depth, columns, p.c + i * p.c_row + j, add);
      for (; i < m; ++i) tile<1>(p, a + i * p.a_row, panel, depth, columns, p.c + i * p.c_row + j, add);
    }
  }
}

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
