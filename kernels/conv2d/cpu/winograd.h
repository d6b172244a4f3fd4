// Convolutions by filters of 3 x 3 with strides of 1 or 2 as Winograd's F(2 x 2, 3 x 3): tiles of 2 x 2 outputs depend on patches of 4 x 4
// inputs, and take 16 products for each pair of channels instead of 36.
//
//   y = A^T ((G w G^T) * (B^T d B)) A     * element by element, summed over the input channels
//
//   B^T = | 1  0 -1  0 |   G = |  1    0   0  |   A^T = | 1  1  1  0 |
//         | 0  1  1  0 |       | 1/2  1/2 1/2 |         | 0  1 -1 -1 |
//         | 0 -1  1  0 |       | 1/2 -1/2 1/2 |
//         | 0  1  0 -1 |       |  0    0   1  |
//
// Along an axis with a stride of 2, tiles of 2 outputs depend on 5 inputs. The outer taps meet the inputs at even places as a filter
// of two taps, which takes 3 products for two outputs, and the middle tap those at odd places: 5 products instead of 6.
//
//   B^T = | 1  0 -1  0  0 |   G = | 1  0  0 |   A^T = | 1  1  0  1  0 |
//         | 0  0  1  0  0 |       | 1  0  1 |         | 0  1  1  0  1 |
//         | 0  0 -1  0  1 |       | 0  0  1 |
//         | 0  1  0  0  0 |       | 0  1  0 |
//         | 0  0  0  1  0 |       | 0  1  0 |
//
// Lavin and Gray, Fast algorithms for convolutional neural networks, CVPR 2016. The transforms add numbers only (G halves twice),
// so that the error is that of a float32 sum of numbers at most 4 times as large (docs/kernels/conv2d_winograd.md).
#pragma once

#include <array>

#include "kernels/conv2d/cpu/convolved_map.h"
#include "kernels/conv2d/cpu/winograd_simd.h"

namespace sonograd::kernels::cpu {

/// Elements behind the arrays of a point: steps that are a power of two apart would evict each other from a cache.
inline constexpr std::int64_t kWinogradGap = 16;

/// A convolution whose outputs are divided into tiles of 2 x 2; strides of 1 or 2.
struct WinogradMap : ConvolvedMap {
  Pair stride = 1;

  /// Points along frequency, and of a tile.
  std::int64_t points_f() const { return winograd_points(stride.f); }
  std::int64_t points() const { return winograd_points(stride.t) * points_f(); }
  /// The point of a filter, of 4 x 4, that belongs to a point of a tile: the middle tap has two points of a tile.
  std::int64_t filter_point(std::int64_t point) const {
    return std::min<std::int64_t>(point / points_f(), 3) * 4 + std::min<std::int64_t>(point % points_f(), 3);
  }
  std::int64_t tiles_t() const { return blocks_of(out_t, 2); }
  std::int64_t tiles_f() const { return blocks_of(out_f, 2); }
  std::int64_t tiles() const { return batch * tiles_t() * tiles_f(); }
  /// Elements from tile to tile at one point of a transformed input; whole vectors.
  std::int64_t row_step() const { return blocks_of(channels, 16) * 16 + kWinogradGap; }
};

/// One tile of a map.
struct WinogradTile {
  std::int64_t n, t, f;  // position of its first output

  WinogradTile(const WinogradMap& map, std::int64_t tile)
      : n(tile / (map.tiles_t() * map.tiles_f())),
        t(tile / map.tiles_f() % map.tiles_t() * 2),
        f(tile % map.tiles_f() * 2) {}

  /// The channels of the positions under the tile, as many as points; `zeros` for those outside of the map.
  template <class T>
  std::array<const T*, 25> patch(const WinogradMap& map, const T* x, const T* zeros) const {
    std::array<const T*, 25> result;
    for (std::int64_t i = 0; i < winograd_points(map.stride.t); ++i) {
      for (std::int64_t j = 0; j < map.points_f(); ++j) {
        const std::int64_t row = t * map.stride.t - map.before_t + i,
                           column = f * map.stride.f - map.before_f + j;
        const bool inside = row >= 0 && row < map.t && column >= 0 && column < map.f;
        result[static_cast<std::size_t>(map.points_f() * i + j)] =
            inside ? x + ((n * map.t + row) * map.f + column) * map.channels : zeros;
      }
    }
    return result;
  }

  /// The channels of the 4 outputs, from `channel` on; `outside` for those beyond the map.
  template <class T>
  std::array<T*, 4> outputs(const WinogradMap& map, T* y, std::int64_t channel, T* outside) const {
    std::array<T*, 4> result;
    for (std::int64_t i = 0; i < 2; ++i) {
      for (std::int64_t j = 0; j < 2; ++j) {
        const bool inside = t + i < map.out_t && f + j < map.out_f;
        result[static_cast<std::size_t>(2 * i + j)] =
            inside ? y + ((n * map.out_t + t + i) * map.out_f + f + j) * map.out_channels + channel : outside;
      }
    }
    return result;
  }
};

inline bool has_stride(const Conv2dProblem& p) {
  return p.options.stride.t != 1 || p.options.stride.f != 1;
}

/// The reason for which no row `winograd` supports the problem; nullptr: none.
const char* why_not_winograd(const Conv2dProblem& p, const Context& context);

}  // namespace sonograd::kernels::cpu
