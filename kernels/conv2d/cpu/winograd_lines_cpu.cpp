// Forward convolution and gradient of the input for filters along one axis, 5 to 8 x 1 or 1 x 5 to 8, with a stride of 1, as Winograd's
// F(4, 4): four outputs of four taps depend on seven inputs, and take 7 products for each pair of channels instead of 16.
//
//   y = A^T (sum over pieces and channels of (G w) * (B^T d))      * element by element
//
//   A^T, G: powers of the points 0, 1, -1, 2, -2, 1/2 and infinity, G divided by the products of their differences
//
// A filter is two pieces of four taps, the second of which reads the inputs under the next tile: each tile is transformed once and
// enters two products. Sums over channels are made in parts of 64, since the transforms lose some digits: with at least 1,792
// products the error is that of a float32 sum (docs/kernels/conv2d_winograd.md).
#include <algorithm>
#include <array>

#include "kernels/conv2d/cpu/convolved_map.h"
#include "kernels/conv2d/cpu/tap_block.h"
#include "kernels/conv2d/cpu/weight_forms.h"
#include "kernels/conv2d/cpu/winograd_lines_simd.h"
#include "kernels/core/reference.h"

namespace sonograd::kernels::cpu {
namespace {

constexpr int kPieces = 2;                       // of a filter
constexpr std::int64_t kPointBytes = 640 << 10;  // of a block at one point, in the second-level cache
constexpr std::int64_t kGapElements = 16;        // steps that are a power of two apart would evict each other
constexpr std::int64_t kDepth = 64;              // channels whose products are added in registers
constexpr std::int64_t kFewestProducts = 1792;   // of a sum: with fewer the error is larger than in float32
constexpr std::int64_t kFewestChannels = 32;
// With fewer, the transform of the weights costs more than the products save. Results that do not depend on the batch are those of
// inference, where weights are transformed once.
constexpr std::int64_t kFewestPositions = 256;
constexpr std::int64_t kShortestLine = 32;  // a line has kPieces - 1 tiles more than it needs

constexpr std::size_t elements(std::int64_t n) {
  return static_cast<std::size_t>(n);
}

// A convolution along lines of its maps.
struct LineMap : ConvolvedMap {
  bool along_time;
  std::int64_t taps;

  LineMap(const Conv2dProblem& p, const ConvolvedMap& map)
      : ConvolvedMap(map),
        along_time(p.kernel.t > 1),
        taps(std::max(p.kernel.t, p.kernel.f)),
        lines_(map.batch * (along_time ? map.f : map.t)) {}

  std::int64_t length() const { return along_time ? t : f; }
  std::int64_t out_length() const { return along_time ? out_t : out_f; }
  std::int64_t positions() const { return out_t * out_f; }
  std::int64_t before() const { return along_time ? before_t : before_f; }
  /// Tiles of a line whose inputs are transformed: those of the outputs, and the ones behind that later pieces read.
  std::int64_t tiles_of_line() const { return blocks_of(out_length(), kLineOutputs) + kPieces - 1; }
  std::int64_t tiles() const { return lines_ * tiles_of_line(); }
  std::int64_t row_step() const { return blocks_of(channels, 16) * 16 + kGapElements; }
  std::int64_t weight_size() const { return panels() * kLinePoints * kPieces * channels * kProductPanel; }
  std::int64_t bytes_of_tile() const { return 4 * (row_step() + panels() * kProductPanel); }
  const float* weight(const float* u, std::int64_t panel, std::int64_t point, std::int64_t piece) const {
    return u + ((panel * kLinePoints + point) * kPieces + piece) * channels * kProductPanel;
  }

 private:
  std::int64_t lines_;
};

// One tile: a line and the place of its first output.
struct LineTile {
  std::int64_t n, other, first;  // `other`: position along the other axis, which is the same in both maps

  LineTile(const LineMap& map, std::int64_t tile) {
    const std::int64_t across = map.along_time ? map.f : map.t, line = tile / map.tiles_of_line();
    n = line / across, other = line % across, first = tile % map.tiles_of_line() * kLineOutputs;
  }

  template <class T>
  std::array<const T*, kLinePoints> inputs(const LineMap& map, const T* x, const T* zeros) const {
    std::array<const T*, kLinePoints> result;
    for (int i = 0; i < kLinePoints; ++i) {
      const std::int64_t at = first - map.before() + i;
      const std::int64_t row = map.along_time ? at : other, column = map.along_time ? other : at;
      const bool inside = at >= 0 && at < map.length();
      result[elements(i)] = inside ? x + ((n * map.t + row) * map.f + column) * map.channels : zeros;
    }
    return result;
  }

  template <class T>
  std::array<T*, kLineOutputs> outputs(const LineMap& map, T* y, std::int64_t channel) const {
    std::array<T*, kLineOutputs> result;
    for (int i = 0; i < kLineOutputs; ++i) {
      const std::int64_t at = first + i;
      const std::int64_t row = map.along_time ? at : other, column = map.along_time ? other : at;
      result[elements(i)] =
          at < map.out_length()
              ? y + ((n * map.out_t + row) * map.out_f + column) * map.out_channels + channel
              : nullptr;
    }
    return result;
  }
};

// Blocks of tiles, equally long for all threads, and sizes of their arrays in elements. A block transforms kPieces - 1 tiles of the
// next one as well.
struct LineBlocks {
  std::int64_t tiles, count;
  std::int64_t input_step;    // from point to point of the inputs [points, tiles + kPieces - 1, row_step]
  std::int64_t panel_step;    // from panel to panel of the products [points, panels, tiles, kProductPanel]
  std::int64_t product_step;  // from point to point

  explicit LineBlocks(const LineMap& map) {
    const std::int64_t most = std::max(kProductTileRows, kPointBytes / map.bytes_of_tile());
    const std::int64_t whole = blocks_of(map.tiles(), kProductTileRows);
    count = std::min(blocks_of(blocks_of(map.tiles(), most), threads()) * threads(), whole);
    tiles = blocks_of(whole, count) * kProductTileRows;
    count = blocks_of(map.tiles(), tiles);
    input_step = (tiles + kPieces - 1) * map.row_step() + kGapElements;
    panel_step = tiles * kProductPanel + kGapElements;
    product_step = map.panels() * panel_step;
  }
  std::int64_t scratch_size() const { return kLinePoints * (input_step + product_step); }
};

using LineTapBlock = TapBlock<double, kLineTaps>;

// G w for the filters from one channel to a panel, in double and rounded once.
void to_points(LineTapBlock& block, std::int64_t channel, float* to, std::int64_t point_step) {
  constexpr double kPoints[] = {1, -1, 2, -2, 0.5}, kDivisors[] = {-3, 9, 36, -60, 1.40625};
  const auto &w0 = block.at(0, channel), &w1 = block.at(1, channel), &w2 = block.at(2, channel),
             &w3 = block.at(3, channel);
  for (std::size_t o = 0; o < kProductPanel; ++o) to[o] = static_cast<float>(w0[o] * -0.5);
  for (std::size_t i = 0; i < std::size(kPoints); ++i) {
    const double a = kPoints[i], factor = 1 / kDivisors[i];
    to += point_step;
    for (std::size_t o = 0; o < kProductPanel; ++o)
      to[o] = static_cast<float>((w0[o] + a * (w1[o] + a * (w2[o] + a * w3[o]))) * factor);
  }
  to += point_step;
  for (std::size_t o = 0; o < kProductPanel; ++o) to[o] = static_cast<float>(w3[o]);
}

// Weights as [panels, points, pieces, channels, kProductPanel].
template <class T>
void transform_filters(const LineMap& map, const T* weight, const Taps& taps, float* u) {
  const std::int64_t point_step = kPieces * map.channels * kProductPanel;
  launch("winograd_weight", map.panels() * kPieces, [&](std::int64_t i) {
    const std::int64_t panel = i / kPieces, first_tap = i % kPieces * kLineTaps;
    const T* from =
        weight + taps.first + panel * kProductPanel * taps.output_step + first_tap * taps.tap_step;
    float* to = u + (panel * kLinePoints * kPieces + i % kPieces) * map.channels * kProductPanel;
    LineTapBlock block;
    for (std::int64_t first = 0; first < map.channels; first += LineTapBlock::kChannels) {
      const std::int64_t rest = map.channels - first;
      block.read(from + first * taps.input_step, taps,
                 std::min<std::int64_t>(map.taps - first_tap, kLineTaps), rest, map.channels_of(panel));
      for (std::int64_t c = 0; c < std::min(LineTapBlock::kChannels, rest); ++c)
        to_points(block, c, to + (first + c) * kProductPanel, point_step);
    }
  });
}

template <class T>
struct LineConvolution {
  const LineMap& map;
  const LineBlocks& blocks;
  const T *x, *zeros;
  const float *u, *bias;
  Out y;
  float *inputs, *products;  // scratch memory

  void run_block(std::int64_t block) const {
    const std::int64_t first = block * blocks.tiles, count = std::min(blocks.tiles, map.tiles() - first);
    for (std::int64_t i = 0; i < count + kPieces - 1; ++i) {
      const std::int64_t tile = std::min(first + i, map.tiles() - 1);  // none reads behind the last one
      SONOGRAD_SIMD_CALL(winograd_line_input<T>)
      (LineTile(map, tile).inputs(map, x, zeros).data(), map.channels, inputs + i * map.row_step(),
       blocks.input_step);
    }
    for (std::int64_t point = 0; point < kLinePoints; ++point) multiply(point, count);
    for (std::int64_t i = 0; i < count; ++i) {
      const LineTile tile(map, first + i);
      if (tile.first >= map.out_length()) continue;
      for (std::int64_t panel = 0; panel < map.panels(); ++panel) {
        SONOGRAD_SIMD_CALL(winograd_line_output<T>)
        (products + panel * blocks.panel_step + i * kProductPanel, blocks.product_step,
         bias + panel * kProductPanel, map.channels_of(panel), y.adds(),
         tile.outputs(map, y.data<T>(), panel * kProductPanel).data());
      }
    }
  }

 private:
  // Inputs and products of the point stay in the second-level cache, while the filters pass by once.
  void multiply(std::int64_t point, std::int64_t count) const {
    for (std::int64_t piece = 0; piece < kPieces; ++piece) {
      const float* rows = inputs + point * blocks.input_step + piece * map.row_step();
      for (std::int64_t c = 0; c < map.channels; c += kDepth) {
        for (std::int64_t panel = 0; panel < map.panels(); ++panel) {
          SONOGRAD_SIMD_CALL(panel_product)
          ({rows + c, map.row_step(), 1}, count, std::min(kDepth, map.channels - c),
           map.weight(u, panel, point, piece) + c * kProductPanel, map.channels_of(panel), piece + c > 0,
           products + point * blocks.product_step + panel * blocks.panel_step);
        }
      }
    }
  }
};

// `bias` may be undefined.
template <class T>
void convolve_lines(const LineMap& map, const T* x, const float* u, const View& bias, const Out& y,
                    Workspace workspace) {
  const LineBlocks blocks(map);
  const float* padded_bias = panels_of_bias<T>(map, bias, workspace);
  T* zeros = workspace.take<T>(elements(map.channels));
  std::fill_n(zeros, map.channels, T(0.0f));
  launch_blocks(
      "conv2d_winograd_lines", blocks.count, blocks.scratch_size(), workspace,
      [&](std::int64_t block, float* inputs) {
        float* products = inputs + kLinePoints * blocks.input_step;
        LineConvolution<T>{map, blocks, x, zeros, u, padded_bias, y, inputs, products}.run_block(block);
      });
}

std::size_t workspace_bytes(const LineMap& map, DType dtype, bool weight_in_cache) {
  const LineBlocks blocks(map);
  return (weight_in_cache ? 0 : Workspace::bytes<float>(elements(map.weight_size()))) + map.bias_bytes() +
         Workspace::bytes({map.channels}, dtype) + block_scratch_bytes(blocks.count, blocks.scratch_size());
}

LineMap forward_map(const Conv2dProblem& p) {
  return {p, ConvolvedMap::forward(p)};
}
LineMap gradient_map(const Conv2dProblem& p) {
  return {p, ConvolvedMap::gradient(p)};
}

const char* why_not(const Conv2dProblem& p, const LineMap& map, const Context& context) {
  const auto& [stride, padding, dilation] = p.options;
  if (std::min(p.kernel.t, p.kernel.f) != 1 || map.taps <= kLineTaps || map.taps > kPieces * kLineTaps)
    return "requires a kernel of 5 to 8 taps along one axis";
  if (stride.t != 1 || stride.f != 1) return "requires stride 1";
  if (dilation.t != 1 || dilation.f != 1) return "requires dilation 1";
  if (map.along_time ? padding.f_before + padding.f_after != 0 : padding.t_before + padding.t_after != 0)
    return "requires padding along the kernel only";
  if (map.channels * map.taps < kFewestProducts) return "requires at least 1,792 products in a sum";
  if (p.narrowest_channels() < kFewestChannels) return "requires at least 32 channels";
  if (map.out_length() < kShortestLine) return "requires at least 32 positions along the kernel";
  if (!context.batch_invariant && map.batch * map.positions() < kFewestPositions)
    return "requires at least 256 positions where weights are transformed in every call";
  return float_or_bf16(p, context);
}

template <class T>
void forward(const Conv2dProblem& p, const Conv2dForward::Args& a, Workspace workspace) {
  const LineMap map = forward_map(p);
  const auto transform = [&](float* u) { transform_filters(map, a.weight.data<T>(), Taps::forward(p), u); };
  const float* u =
      packed_weight(a.weight, map.weight_size(), kWinogradLinesForm, a.cache, workspace, transform);
  convolve_lines(map, a.x.data<T>(), u, a.bias, a.y, workspace);
}

template <class T>
void backward_data(const Conv2dProblem& p, const Conv2dBackwardData::Args& a, Workspace workspace) {
  const LineMap map = gradient_map(p);
  float* u = workspace.take<float>(elements(map.weight_size()));
  transform_filters(map, a.weight.data<T>(), Taps::rotated(p), u);
  convolve_lines(map, a.dy.data<T>(), u, {}, a.dx, workspace);
}

}  // namespace

extern const KernelVariant<Conv2dForward> conv2d_forward_winograd_lines = {
    .name = "winograd_lines",
    .why_not = [](const Conv2dProblem& p,
                  const Context& context) { return why_not(p, forward_map(p), context); },
    .workspace = [](const Conv2dProblem& p, const Conv2dForward::Args& a,
                    const Context&) { return workspace_bytes(forward_map(p), p.dtype, a.cache != nullptr); },
    .run =
        [](const Conv2dProblem& p, const Conv2dForward::Args& a, const Context&, Workspace workspace) {
          visit_stored(p.dtype, [&](auto tag) { forward<decltype(tag)>(p, a, workspace); });
        }};
extern const KernelVariant<Conv2dBackwardData> conv2d_backward_data_winograd_lines = {
    .name = "winograd_lines",
    .why_not = [](const Conv2dProblem& p,
                  const Context& context) { return why_not(p, gradient_map(p), context); },
    .workspace = [](const Conv2dProblem& p) { return workspace_bytes(gradient_map(p), p.dtype, false); },
    .run =
        [](const Conv2dProblem& p, const Conv2dBackwardData::Args& a, const Context&, Workspace workspace) {
          visit_stored(p.dtype, [&](auto tag) { backward_data<decltype(tag)>(p, a, workspace); });
        }};

}  // namespace sonograd::kernels::cpu
