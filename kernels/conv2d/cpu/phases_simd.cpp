#include "kernels/conv2d/cpu/phases_simd.h"

#include "kernels/core/simd_vector.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

using namespace kernels::SONOGRAD_SIMD;

// Register tile: positions x vectors of inputs. 24 sums of 32 registers with AVX-512, 12 of 16 without.
constexpr int kVectors = 2;
constexpr int kRows = kVector == 16 ? 12 : 6;
static_assert(kPhasePositions % kRows == 0);

template <int R, int V, class T, class Width>
SONOGRAD_INLINE inline void sum(const PhaseTile<T>& tile, std::int64_t first, std::int64_t input,
                                Width width) {
  for (int r = 0; r < R; ++r) {
    for (int v = 0; v < V; ++v) __builtin_prefetch(tile.dx[first + r] + input + v * kVector, 1);
  }
  Vector sums[R][V] = {};
  for (std::int64_t tap = 0; tap < tile.taps; ++tap) {
    const float* dy[R];
    for (int r = 0; r < R; ++r) dy[r] = tile.dy[tap * kPhasePositions + first + r];
    const float* weight = tile.weight[tap] + input;
    for (std::int64_t o = 0; o < tile.depth; ++o, weight += kPhaseInputs) {
      Vector seen[V];
      for (int v = 0; v < V; ++v) seen[v] = load(weight + v * kVector);
      for (int r = 0; r < R; ++r) {
        for (int v = 0; v < V; ++v) sums[r][v] += seen[v] * dy[r][o];
      }
    }
  }
  for (int r = 0; r < R; ++r) {
    for (int v = 0; v < V; ++v) {
      T* to = tile.dx[first + r] + input + v * kVector;
      store(tile.adds ? load(to, width) + sums[r][v] : sums[r][v], to, width);
    }
  }
}

template <int R, class T>
void sum_rows(const PhaseTile<T>& tile, std::int64_t first) {
  for_each_group<kVectors>(tile.inputs, [&]<int V>(std::int64_t c, auto width)
                                            SONOGRAD_INLINE { sum<R, V>(tile, first, c, width); });
}

// Sums positions from `first` on, as many at a time as the registers hold, then the rest.
template <int R = kRows, class T>
void sum_positions(const PhaseTile<T>& tile, std::int64_t first) {
  for (; first + R <= tile.positions; first += R) sum_rows<R>(tile, first);
  if constexpr (R > 1) {
    if (first < tile.positions) sum_positions<R - 1>(tile, first);
  }
}

}  // namespace

template <class T>
void sum_phase_tile(const PhaseTile<T>& tile) {
  sum_positions(tile, 0);
}

template void sum_phase_tile(const PhaseTile<float>&);
template void sum_phase_tile(const PhaseTile<bf16>&);

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
