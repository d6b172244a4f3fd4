// Products of attention tiles in float32 (attention_tiles.cuh): the engine of `flash`.
//
// A lane owns 4 rows and every eighth group of 4 columns: per step of 4 features it reads 4 + kColumns / 8 vectors of 16 bytes
// for kColumns / 2 * 4 products. Columns s of a tile lie at (s % 4) * (kColumns / 4) + s / 4, so that the eight lanes of a row
// read neighbouring places, which are in different banks. Weights go through shared memory, a part of each warp.
#pragma once

#include "kernels/attention/attention_tiles.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {

template <int kWidth, int kTileColumns>
struct AttentionFma {
  using Stored = float;
  static constexpr int kD = kWidth, kColumns = kTileColumns, kPitch = kD + 4;
  static constexpr int kLaneRows = 4, kLanesOfRow = 8, kColumnRun = 4, kRowRun = 4;
  static constexpr int kLaneColumns = kColumns / kLanesOfRow;
  static constexpr int kBufferPitch = kColumns + 4;

  template <int kCount>
  struct Values {
    static constexpr int kLaneColumns = kCount;
    float values[kLaneRows][kCount];

    __device__ float& at(int i, int j) { return values[i][j]; }
    __device__ const float& at(int i, int j) const { return values[i][j]; }
  };
  using Scores = Values<kLaneColumns>;
  using Sums = Values<kD / kLanesOfRow>;
  struct Buffer {
    alignas(16) float rows[kAttentionRows][kBufferPitch];
  };

  __device__ static float staged(float value) { return value; }
  __device__ static int position(int s) { return s % 4 * (kColumns / 4) + s / 4; }
  __device__ static int lane_row(int i) {
    return static_cast<int>(warp_index()) * 16 + static_cast<int>(lane_index()) / kLanesOfRow * 4 + i;
  }
  __device__ static int lane_column(int j) {
    return j / 4 * 32 + static_cast<int>(lane_index()) % kLanesOfRow * 4 + j % 4;
  }

  __device__ static void product(Scores& scores, const float (*rows)[kPitch], const float (*columns)[kPitch],
                                 int depth) {
    const int lane = static_cast<int>(lane_index()) % kLanesOfRow;
    for (int c = 0; c < depth; c += 4) {
      Vec<float, 4> a[kLaneRows];
      SONOGRAD_UNROLL
      for (int i = 0; i < kLaneRows; ++i) a[i] = load_vec<4>(&rows[lane_row(i)][c]);
      SONOGRAD_UNROLL
      for (int j = 0; j < kLaneColumns; ++j) {
        const auto b = load_vec<4>(&columns[j % 4 * (kColumns / 4) + j / 4 * 8 + lane][c]);
        SONOGRAD_UNROLL
        for (int i = 0; i < kLaneRows; ++i) {
          SONOGRAD_UNROLL
          for (int u = 0; u < 4; ++u) scores.values[i][j] += a[i][u] * b[u];
        }
      }
    }
  }

  __device__ static void accumulate(Sums& sums, const Scores& weights, const float (*columns)[kPitch],
                                    Buffer& buffer) {
    sync_warp();
    SONOGRAD_UNROLL
    for (int i = 0; i < kLaneRows; ++i) {
      SONOGRAD_UNROLL
      for (int j = 0; j < kLaneColumns; j += 4) {
        const Vec<float, 4> four = {{weights.values[i][j], weights.values[i][j + 1], weights.values[i][j + 2],
                                     weights.values[i][j + 3]}};
        store_vec(&buffer.rows[lane_row(i)][lane_column(j)], four);
      }
    }
    sync_warp();
    for (int s = 0; s < kColumns; s += 4) {
      Vec<float, 4> w[kLaneRows];
      SONOGRAD_UNROLL
      for (int i = 0; i < kLaneRows; ++i) w[i] = load_vec<4>(&buffer.rows[lane_row(i)][s]);
      SONOGRAD_UNROLL
      for (int u = 0; u < 4; ++u) {
        SONOGRAD_UNROLL
        for (int j = 0; j < Sums::kLaneColumns; j += 4) {
          const auto x = load_vec<4>(&columns[u * (kColumns / 4) + s / 4][lane_column(j)]);
          SONOGRAD_UNROLL
          for (int i = 0; i < kLaneRows; ++i) {
            SONOGRAD_UNROLL
            for (int v = 0; v < 4; ++v) sums.values[i][j + v] += w[i][u] * x[v];
          }
        }
      }
    }
  }
};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
