// Forward convolution and gradient of the input by Winograd's method. A thread transforms the patches of a block of tiles, which stay
// in the second-level cache, and then goes through the output channels panel by panel: 16 products of matrices, and the transform of
// their results into outputs. Results depend on the tile alone, not on the block or batch around it.
#include <algorithm>

#include "kernels/conv2d/cpu/tap_block.h"
#include "kernels/conv2d/cpu/weight_forms.h"
#include "kernels/conv2d/cpu/winograd.h"
#include "kernels/core/reference.h"

namespace sonograd::kernels::cpu {

const char* why_not_winograd(const Conv2dProblem& p, const Context& context) {
  const auto& [stride, padding, dilation] = p.options;
  if (p.kernel.t != 3 || p.kernel.f != 3) return "requires a kernel of 3 x 3";
  if (std::max(stride.t, stride.f) > 2) return "requires strides of 1 or 2";
  if (dilation.t != 1 || dilation.f != 1) return "requires dilation 1";
  return float_or_bf16(p, context);
}

namespace {

constexpr std::int64_t kBlockBytes = 512 << 10;  // of transformed tiles
constexpr std::int64_t kFewestChannels = 32;     // with fewer, the transforms cost more than they save
constexpr std::int64_t kFewestPositions = 384;   // with fewer, the transform of the weights does
constexpr std::int64_t kFewestOfOne = 64;        // in inference, where weights are transformed once
constexpr std::size_t size(std::int64_t n) {
  return static_cast<std::size_t>(n);
}

// Division into blocks of tiles, and sizes of the arrays of a block in elements.
struct Blocks {
  const WinogradMap& map;
  std::int64_t tiles;         // of a block: a multiple of the rows of a register tile
  std::int64_t count;         // of blocks
  std::int64_t patch_step;    // from point to point of the patches [points, tiles, row_step]
  std::int64_t product_step;  // from point to point of the products [points, tiles, kWinogradPanel]
  std::int64_t filter_step;   // from point to point of the weights [panels, points, channels, kWinogradPanel]

  explicit Blocks(const WinogradMap& whole) : map(whole) {
    const std::int64_t bytes_of_tile = 4 * map.points() * (map.row_step() + kWinogradPanel);
    tiles = std::clamp<std::int64_t>(kBlockBytes / bytes_of_tile / kProductTileRows * kProductTileRows,
                                     kProductTileRows, 192);
    count = blocks_of(map.tiles(), tiles);
    patch_step = tiles * map.row_step() + kWinogradGap;
    product_step = tiles * kWinogradPanel + kWinogradGap;
    filter_step = map.channels * kWinogradPanel;
  }
  std::int64_t scratch_size() const { return map.points() * (patch_step + product_step); }
  std::int64_t weight_size() const { return map.panels() * kWinogradPoints * filter_step; }
};

std::size_t workspace_bytes(const WinogradMap& map, DType dtype, bool weight_in_cache) {
  const Blocks blocks(map);
  return (weight_in_cache ? 0 : Workspace::bytes<float>(size(blocks.weight_size()))) + map.bias_bytes() +
         Workspace::bytes({map.channels}, dtype) + block_scratch_bytes(blocks.count, blocks.scratch_size());
}

// Where results must not depend on the batch, the row must not either.
const char* why_not(const Conv2dProblem& p, const Context& context) {
  const std::int64_t positions = p.out_t * p.out_f;
  if (p.narrowest_channels() < kFewestChannels) return "requires at least 32 channels";
  if (context.batch_invariant ? positions < kFewestOfOne : p.batch * positions < kFewestPositions)
    return "requires at least 384 output positions, or 64 of each example where results do not depend on "
           "the batch";
  return why_not_winograd(p, context);
}

using FilterBlock = TapBlock<float, 9>;
using Outputs = FilterBlock::Row;  // of a panel

// The taps of an axis at the points of a filter: G w, `step` rows apart.
void to_filter_points(std::int64_t stride, const Outputs& a, const Outputs& b, const Outputs& c, Outputs* to,
                      std::size_t step) {
  to[0] = a;
  if (stride == 1) {
    for (std::size_t o = 0; o < a.size(); ++o) {
      to[step][o] = 0.5f * (a[o] + b[o] + c[o]);
      to[2 * step][o] = 0.5f * (a[o] - b[o] + c[o]);
    }
    to[3 * step] = c;
  } else {
    for (std::size_t o = 0; o < a.size(); ++o) to[step][o] = a[o] + c[o];
    to[2 * step] = c, to[3 * step] = b;
  }
}

// u[point * point_step] = G w G^T for the filters from one channel to a panel.
void transform_filter(Pair stride, FilterBlock& block, std::int64_t channel, float* u,
                      std::int64_t point_step) {
  std::array<Outputs, 12> half;  // [4, 3]
  std::array<Outputs, 4> points;
  for (std::int64_t j = 0; j < 3; ++j) {
    to_filter_points(stride.t, block.at(j, channel), block.at(3 + j, channel), block.at(6 + j, channel),
                     half.data() + j, 3);
  }
  for (std::size_t i = 0; i < 4; ++i) {
    to_filter_points(stride.f, half[3 * i], half[3 * i + 1], half[3 * i + 2], points.data(), 1);
    for (const Outputs& point : points) {
      std::ranges::copy(point, u);
      u += point_step;
    }
  }
}

// Weights as [panels, points, channels, kWinogradPanel].
template <class T>
void transform_weight(const WinogradMap& map, const T* weight, const Taps& taps, float* u) {
  const std::int64_t point_step = Blocks(map).filter_step;
  launch("winograd_weight", map.panels(), [&](std::int64_t panel) {
    const T* from = weight + taps.first + panel * kWinogradPanel * taps.output_step;
    float* to = u + panel * kWinogradPoints * point_step;
    FilterBlock block;
    for (std::int64_t first = 0; first < map.channels; first += FilterBlock::kChannels) {
      const std::int64_t rest = map.channels - first;
      block.read(from + first * taps.input_step, taps, 9, rest, map.channels_of(panel));
      for (std::int64_t c = 0; c < std::min(FilterBlock::kChannels, rest); ++c)
        transform_filter(map.stride, block, c, to + (first + c) * kWinogradPanel, point_step);
    }
  });
}

// The convolution with weights that have been transformed, for one thread.
template <class T>
struct Convolution {
  const WinogradMap& map;
  const Blocks& blocks;
  const T *x, *zeros;
  const float *u, *bias;
  Out y;
  float *patches, *products;  // scratch memory

  void run_block(std::int64_t block) const {
    const std::int64_t first = block * blocks.tiles, count = std::min(blocks.tiles, map.tiles() - first);
    for (std::int64_t i = 0; i < count; ++i) {
      const auto patch = WinogradTile(map, first + i).patch(map, x, zeros);
      SONOGRAD_SIMD_CALL(winograd_input<T>)
      (map.stride.t, map.stride.f, patch.data(), map.channels, patches + i * map.row_step(),
       blocks.patch_step, kWinogradRows);
    }
    for (std::int64_t panel = 0; panel < map.panels(); ++panel) {
      multiply(panel, count);
      for (std::int64_t i = 0; i < count; ++i) {
        const auto to =
            WinogradTile(map, first + i).outputs<T>(map, y.data<T>(), panel * kWinogradPanel, nullptr);
        SONOGRAD_SIMD_CALL(winograd_output<T>)
        (map.stride.t, map.stride.f, products + i * kWinogradPanel, blocks.product_step,
         bias + panel * kWinogradPanel, map.channels_of(panel), y.adds(), to.data());
      }
    }
  }

 private:
  void multiply(std::int64_t panel, std::int64_t count) const {
    for (std::int64_t point = 0; point < map.points(); ++point) {
      SONOGRAD_SIMD_CALL(panel_product)
      ({patches + point * blocks.patch_step, map.row_step(), 1}, count, map.channels,
       u + (panel * kWinogradPoints + map.filter_point(point)) * blocks.filter_step, map.channels_of(panel),
       false, products + point * blocks.product_step);
    }
  }
};

// `bias` may be undefined.
template <class T>
void convolve(const WinogradMap& map, const T* x, const float* u, const View& bias, const Out& y,
              Workspace workspace) {
  const Blocks blocks(map);
  const float* padded_bias = panels_of_bias<T>(map, bias, workspace);
  T* zeros = workspace.take<T>(size(map.channels));
  std::fill_n(zeros, map.channels, T(0.0f));
  launch_blocks(
      "conv2d_winograd", blocks.count, blocks.scratch_size(), workspace,
      [&](std::int64_t block, float* patches) {
        float* products = patches + map.points() * blocks.patch_step;
        Convolution<T>{map, blocks, x, zeros, u, padded_bias, y, patches, products}.run_block(block);
      });
}

template <class T>
void forward(const Conv2dProblem& p, const Conv2dForward::Args& a, Workspace workspace) {
  const WinogradMap map{ConvolvedMap::forward(p), p.options.stride};
  const auto transform = [&](float* u) { transform_weight(map, a.weight.data<T>(), Taps::forward(p), u); };
  const float* u = packed_weight(a.weight, Blocks(map).weight_size(), winograd_form(map.stride), a.cache,
                                 workspace, transform);
  convolve(map, a.x.data<T>(), u, a.bias, a.y, workspace);
}

template <class T>
void backward_data(const Conv2dProblem& p, const Conv2dBackwardData::Args& a, Workspace workspace) {
  const WinogradMap map{ConvolvedMap::gradient(p)};
  float* u = workspace.take<float>(size(Blocks(map).weight_size()));
  transform_weight(map, a.weight.data<T>(), Taps::rotated(p), u);
  convolve(map, a.dy.data<T>(), u, {}, a.dx, workspace);
}

}  // namespace

extern const KernelVariant<Conv2dForward> conv2d_forward_winograd = {
    .name = "winograd",
    .why_not = why_not,
    .workspace =
        [](const Conv2dProblem& p, const Conv2dForward::Args& a, const Context&) {
          return workspace_bytes(WinogradMap{ConvolvedMap::forward(p), p.options.stride}, p.dtype,
                                 a.cache != nullptr);
        },
    .run =
        [](const Conv2dProblem& p, const Conv2dForward::Args& a, const Context&, Workspace workspace) {
          visit_stored(p.dtype, [&](auto tag) { forward<decltype(tag)>(p, a, workspace); });
        }};
extern const KernelVariant<Conv2dBackwardData> conv2d_backward_data_winograd = {
    .name = "winograd",
    .why_not = [](const Conv2dProblem& p, const Context& context) -> const char* {
      return has_stride(p) ? "requires stride 1" : why_not(p, context);
    },
    .workspace =
        [](const Conv2dProblem& p) {
          return workspace_bytes(WinogradMap{ConvolvedMap::gradient(p)}, p.dtype, false);
        },
    .run =
        [](const Conv2dProblem& p, const Conv2dBackwardData::Args& a, const Context&, Workspace workspace) {
          visit_stored(p.dtype, [&](auto tag) { backward_data<decltype(tag)>(p, a, workspace); });
        }};

}  // namespace sonograd::kernels::cpu
