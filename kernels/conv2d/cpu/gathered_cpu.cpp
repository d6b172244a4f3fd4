// Products of matrices over gathered windows: a thread copies the windows of a block of positions, which stay in its second-level
// cache, one after the other, and multiplies them with the weights panel by panel. For any filter and stride; the gradient of the input
// for strides of 1, by the rotated filters. A position does not depend on others. On processors with AVX2 alone oneDNN
// 2.6 is slower with strides, and as fast or slower without them (`sonograd bench kernels conv2d_forward`).
#include <algorithm>

#include "kernels/conv2d/cpu/convolved_map.h"
#include "kernels/conv2d/cpu/taps.h"
#include "kernels/conv2d/cpu/weight_forms.h"
#include "kernels/copy/copy_simd.h"
#include "kernels/core/reference.h"

namespace sonograd::kernels::cpu {
namespace {

constexpr std::int64_t kBlockBytes = 256 << 10;  // of gathered windows
constexpr std::int64_t kDepth = 192;             // of a product whose operands stay in the first-level cache
constexpr std::int64_t kMostDepth = 2304;        // longer windows leave blocks of too few positions
constexpr std::int64_t kFewestChannels = 32;     // others are narrower than a panel
constexpr std::int64_t kFewestPositions = 1024;  // with fewer, packing the weights costs more than it saves
constexpr std::int64_t kFewestOfOne = 24;        // in inference, where weights are packed once

constexpr std::size_t size(std::int64_t n) {
  return static_cast<std::size_t>(n);
}

// A convolution with the windows that its outputs read.
struct Windows : ConvolvedMap {
  Pair kernel, stride, dilation;

  static Windows forward(const Conv2dProblem& p) {
    return {ConvolvedMap::forward(p), p.kernel, p.options.stride, p.options.dilation};
  }
  static Windows gradient(const Conv2dProblem& p) {
    return {ConvolvedMap::gradient(p), p.kernel, 1, p.options.dilation};
  }

  std::int64_t depth() const { return kernel.t * kernel.f * channels; }
  std::int64_t positions() const { return batch * out_t * out_f; }
  std::int64_t weight_size() const { return panels() * depth() * kProductPanel; }
  // Elements from window to window. Rows a power of two apart would evict each other.
  std::int64_t row_step() const { return blocks_of(depth(), 16) * 16 + 16; }
  std::int64_t positions_of_block() const {
    const std::int64_t fit = kBlockBytes / (4 * row_step()) / kProductTileRows * kProductTileRows;
    return std::clamp<std::int64_t>(fit, kProductTileRows, 192);
  }
  std::int64_t blocks() const { return blocks_of(positions(), positions_of_block()); }
  // Elements of scratch memory of a thread: windows and results.
  std::int64_t scratch_size() const { return positions_of_block() * (row_step() + kProductPanel); }
};

std::size_t workspace_bytes(const Windows& w, bool weight_in_cache) {
  return (weight_in_cache ? 0 : Workspace::bytes<float>(size(w.weight_size()))) + w.bias_bytes() +
         block_scratch_bytes(w.blocks(), w.scratch_size());
}

// Weights as [panels, taps, channels, kProductPanel].
template <class T>
void pack(const Windows& w, const T* weight, const Taps& taps, float* packed) {
  const std::int64_t tap_count = w.kernel.t * w.kernel.f;
  launch("gathered_pack", w.panels() * tap_count, [&](std::int64_t i) {
    const std::int64_t panel = i / tap_count, tap = i % tap_count, outputs = w.channels_of(panel);
    const T* from = weight + taps.first + panel * kProductPanel * taps.output_step + tap * taps.tap_step;
    float* to = packed + i * w.channels * kProductPanel;
    for (std::int64_t c = 0; c < w.channels; ++c, to += kProductPanel) {
      for (std::int64_t o = 0; o < kProductPanel; ++o)
        to[o] = o < outputs ? widen(from[o * taps.output_step + c * taps.input_step]) : 0.0f;
    }
  });
}

// Copies the window of a position, tap by tap; zeros outside of the map.
template <class T>
void gather(const Windows& w, const T* x, std::int64_t position, float* to) {
  const std::int64_t n = position / (w.out_t * w.out_f), t = position / w.out_f % w.out_t,
                     f = position % w.out_f;
  for (std::int64_t i = 0; i < w.kernel.t; ++i) {
    const std::int64_t row = t * w.stride.t - w.before_t + i * w.dilation.t;
    for (std::int64_t j = 0; j < w.kernel.f; ++j, to += w.channels) {
      const std::int64_t column = f * w.stride.f - w.before_f + j * w.dilation.f;
      if (row < 0 || row >= w.t || column < 0 || column >= w.f) {
        std::fill_n(to, w.channels, 0.0f);
      } else {
        const T* from = x + ((n * w.t + row) * w.f + column) * w.channels;
        SONOGRAD_SIMD_CALL(copy_line<T, float>)(from, w.channels, false, to);
      }
    }
  }
}

template <class T>
void run_block(const Windows& w, std::int64_t block, const T* x, const float* weight, const float* bias,
               const Out& y, float* scratch) {
  const std::int64_t first = block * w.positions_of_block();
  const std::int64_t count = std::min(w.positions_of_block(), w.positions() - first);
  float *windows = scratch, *results = scratch + w.positions_of_block() * w.row_step();
  for (std::int64_t i = 0; i < count; ++i) gather(w, x, first + i, windows + i * w.row_step());
  for (std::int64_t panel = 0; panel < w.panels(); ++panel) {
    const float* packed = weight + panel * w.depth() * kProductPanel;
    for (std::int64_t i = 0; i < count; ++i)
      std::copy_n(bias + panel * kProductPanel, kProductPanel, results + i * kProductPanel);
    for (std::int64_t k = 0; k < w.depth(); k += kDepth) {
      SONOGRAD_SIMD_CALL(panel_product)
      ({windows + k, w.row_step(), 1}, count, std::min(kDepth, w.depth() - k), packed + k * kProductPanel,
       w.channels_of(panel), true, results);
    }
    for (std::int64_t i = 0; i < count; ++i) {
      T* to = y.data<T>() + (first + i) * w.out_channels + panel * kProductPanel;
      SONOGRAD_SIMD_CALL(copy_line<float, T>)
      (results + i * kProductPanel, w.channels_of(panel), y.adds(), to);
    }
  }
}

// `bias` may be undefined.
template <class T>
void convolve(const Windows& w, const View& x, const float* weight, const View& bias, const Out& y,
              Workspace workspace) {
  const float* padded_bias = panels_of_bias<T>(w, bias, workspace);
  launch_blocks("conv2d_gathered", w.blocks(), w.scratch_size(), workspace,
                [&](std::int64_t block, float* scratch) {
                  run_block(w, block, x.data<T>(), weight, padded_bias, y, scratch);
                });
}

template <class T>
const float* panels_of_weight(const Windows& w, const View& weight, const Taps& taps, WeightCache* cache,
                              Workspace& workspace) {
  return packed_weight(weight, w.weight_size(), kGatheredForm, cache, workspace,
                       [&](float* packed) { pack(w, weight.data<T>(), taps, packed); });
}

// Where results must not depend on the batch, the row must not either.
const char* why_not(const Conv2dProblem& p, const Context& context) {
  const std::int64_t positions = p.out_t * p.out_f;
  if (p.narrowest_channels() < kFewestChannels) return "requires at least 32 channels";
  if (p.kernel.t * p.kernel.f * std::max(p.in_channels, p.out_channels) > kMostDepth)
    return "requires at most 2,304 taps times channels";
  if (context.batch_invariant ? positions < kFewestOfOne : p.batch * positions < kFewestPositions)
    return "requires at least 1,024 output positions, or 24 of each example where results do not depend on "
           "the batch";
  return float_or_bf16(p, context);
}

const char* why_not_gradient(const Conv2dProblem& p, const Context& context) {
  if (p.options.stride.t != 1 || p.options.stride.f != 1) return "requires stride 1";
  return why_not(p, context);
}

// With AVX-512 oneDNN is as fast or faster.
const Choice kChoice = use_avx512() ? Choice::by_measure : Choice::in_order;

}  // namespace

extern const KernelVariant<Conv2dForward> conv2d_forward_gathered = {
    .name = "gathered",
    .why_not = why_not,
    .workspace = [](const Conv2dProblem& p, const Conv2dForward::Args& a,
                    const Context&) { return workspace_bytes(Windows::forward(p), a.cache != nullptr); },
    .run =
        [](const Conv2dProblem& p, const Conv2dForward::Args& a, const Context&, Workspace workspace) {
          visit_stored(p.dtype, [&]<class T>(T) {
            const Windows w = Windows::forward(p);
            const float* weight = panels_of_weight<T>(w, a.weight, Taps::forward(p), a.cache, workspace);
            convolve<T>(w, a.x, weight, a.bias, a.y, workspace);
          });
        },
    .choice = kChoice};
extern const KernelVariant<Conv2dBackwardData> conv2d_backward_data_gathered = {
    .name = "gathered",
    .why_not = why_not_gradient,
    .workspace = [](const Conv2dProblem& p) { return workspace_bytes(Windows::gradient(p), false); },
    .run =
        [](const Conv2dProblem& p, const Conv2dBackwardData::Args& a, const Context&, Workspace workspace) {
          visit_stored(p.dtype, [&]<class T>(T) {
            const Windows w = Windows::gradient(p);
            const float* weight = panels_of_weight<T>(w, a.weight, Taps::rotated(p), nullptr, workspace);
            convolve<T>(w, a.dy, weight, {}, a.dx, workspace);
          });
        },
    .choice = kChoice};

}  // namespace sonograd::kernels::cpu
