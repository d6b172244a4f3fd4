// Products of attention tiles on tensor cores (attention_tiles.cuh): the engine of `flash_mma`. T: float, for tf32, or bf16.
//
// A lane owns two rows, 8 apart, and pairs of columns: the layout of accumulators. Scores become the left operand of the
// second product without shared memory: for bf16, two tiles of 8 columns are the words of one fragment; for tf32, columns 2t
// and 2t + 1 take the places t and t + 4 of a fragment, and the rows of the right operand are read in the same order.
#pragma once

#include "kernels/attention/attention_tiles.cuh"
#include "kernels/simt/mma.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

template <class T, int kWidth, int kTileColumns>
struct AttentionMma {
  using Stored = T;
  static constexpr int kD = kWidth, kColumns = kTileColumns;
  static constexpr int kPitch = kD + 16 / static_cast<int>(sizeof(T));
  static constexpr int kLaneRows = 2, kLanesOfRow = 4, kColumnRun = 2, kRowRun = 1;
  static constexpr int kLaneColumns = kColumns / kLanesOfRow;

  template <int kCount>
  struct Values {
    static constexpr int kLaneColumns = kCount;
    Accumulator tiles[1][kCount / 2];

    __device__ float& at(int i, int j) { return tiles[0][j / 2].values[i * 2 + j % 2]; }
    __device__ const float& at(int i, int j) const { return tiles[0][j / 2].values[i * 2 + j % 2]; }
  };
  using Scores = Values<kLaneColumns>;
  using Sums = Values<kD / kLanesOfRow>;
  struct Buffer {};

  __device__ static T staged(float value) { return rounded<T>(value); }
  __device__ static int position(int s) { return s; }
  __device__ static int lane_row(int i) {
    return static_cast<int>(warp_index()) * 16 + static_cast<int>(lane_index()) / 4 + i * 8;
  }
  __device__ static int lane_column(int j) {
    return j / 2 * 8 + static_cast<int>(lane_index()) % 4 * 2 + j % 2;
  }

  __device__ static void product(Scores& scores, const T (*rows)[kPitch], const T (*columns)[kPitch],
                                 int depth) {
    const int first_row = static_cast<int>(warp_index()) * 16;
    for (int c = 0; c < depth; c += kMmaK<T>) {
      FragmentA<T> a[1];
      FragmentB<T> b[kColumns / 8];
      load_a(a[0], [&](int row, int half) { return &rows[first_row + row][c + half * kMmaK<T> / 2]; });
      SONOGRAD_UNROLL
      for (int j = 0; j < kColumns / 8; ++j) {
        load_b(b[j], [&](int column, int half) { return &columns[j * 8 + column][c + half * kMmaK<T> / 2]; });
      }
      mma(scores.tiles, a, b);
    }
  }

  __device__ static void accumulate(Sums& sums, const Scores& weights, const T (*columns)[kPitch], Buffer&) {
    SONOGRAD_UNROLL
    for (int s = 0; s < kColumns; s += kMmaK<T>) {
      FragmentA<T> a[1];
      FragmentB<T> b[kD / 8];
      if constexpr (std::is_same_v<T, bf16>) {
        SONOGRAD_UNROLL
        for (int i = 0; i < 4; ++i) {
          const float(&four)[4] = weights.tiles[0][s / 8 + i / 2].values;
          a[0].words[i] = narrow_two(four[i % 2 * 2], four[i % 2 * 2 + 1]);
        }
        SONOGRAD_UNROLL
        for (int j = 0; j < kD / 8; ++j) load_b_trans(b[j], [&](int k) { return &columns[s + k][j * 8]; });
      } else {
        const float(&four)[4] = weights.tiles[0][s / 8].values;
        SONOGRAD_UNROLL
        for (int i = 0; i < 4; ++i)
          a[0].words[i] = std::bit_cast<std::uint32_t>(round_tf32(four[i % 2 * 2 + i / 2]));
        SONOGRAD_UNROLL
        for (int j = 0; j < kD / 8; ++j) {
          load_b_trans(b[j], [&](int k) { return &columns[s + k % 4 * 2 + k / 4][j * 8]; });
        }
      }
      mma(sums.tiles, a, b);
    }
  }
};

/// `why_not` of rows on tensor cores.
inline const char* why_not_attention_mma(const AttentionProblem& p, const Context& context) {
  if (context.precision == Precision::strict) return "strict precision requires float32 products";
  return why_not_attention_tiles(p, context);
}

/// Calls `run(T(), S())` with the types of products, by the precision, and of storage. Weights and their errors are rounded
/// to the type of products: in tf32 that is more than bf16 holds, also where all operands are stored in bf16.
template <class Run>
void with_attention_types(const AttentionProblem& p, const Context& context, const Run& run) {
  visit_stored(p.dtype, [&](auto storage) {
    if (context.precision == Precision::bf16) return run(bf16(), storage);
    run(float(), storage);
  });
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
