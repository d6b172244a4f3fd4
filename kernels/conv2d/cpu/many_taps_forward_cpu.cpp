// Forward convolution of a map with one channel by wide filters, and its packed operands (many_taps_cpu.cpp has the gradients and the
// idea).
#include <algorithm>

#include "kernels/conv2d/cpu/convolved_map.h"
#include "kernels/conv2d/cpu/many_taps.h"
#include "kernels/conv2d/cpu/one_channel.h"
#include "kernels/conv2d/cpu/weight_forms.h"
#include "kernels/core/launch.h"

namespace sonograd::kernels::cpu {
namespace {

constexpr std::int64_t kFewestTaps = 32;
constexpr std::int64_t kLongRow = 24;  // positions of a row that fill tiles well

std::size_t weight_size(const ManyTapsSizes& sizes) {
  return static_cast<std::size_t>(sizes.panels * sizes.taps * kManyTapsPanel);
}

// Copies [out, taps] to [panels, taps, kManyTapsPanel].
template <class T>
void pack_panels(const ManyTapsSizes& sizes, const T* weight, float* packed) {
  launch("many_taps_pack", sizes.panels, [&](std::int64_t panel) {
    float* to = packed + panel * sizes.taps * kManyTapsPanel;
    const T* from = weight + panel * kManyTapsPanel * sizes.taps;
    const std::int64_t channels = sizes.channels_of(panel);
    for (std::int64_t tap = 0; tap < sizes.taps; ++tap, to += kManyTapsPanel) {
      for (std::int64_t c = 0; c < kManyTapsPanel; ++c)
        to[c] = c < channels ? widen(from[c * sizes.taps + tap]) : 0.0f;
    }
  });
}

template <class T>
void many_taps_rows(const Conv2dProblem& p, const Conv2dForward::Args& a, Workspace workspace) {
  const ManyTapsSizes sizes(p);
  const ManyTapsOperands operands(p, a.x, a.weight, a.bias, a.cache, workspace);
  const WindowStretches stretches = p.out_f >= kLongRow || p.out_f >= p.out_t
                                        ? WindowStretches::along_frequency(p)
                                        : WindowStretches::along_time(p);
  const Store mode = store_to(a.y);
  T* y = a.y.data<T>();
  launch("conv2d_forward", p.batch * stretches.per_example(), [&](std::int64_t i) {
    const WindowStretch stretch(stretches, operands.map(), i);
    for (std::int64_t panel = 0; panel < sizes.panels; ++panel) {
      SONOGRAD_SIMD_CALL(many_taps_forward<T>)
      (sizes.lines, stretch.windows, stretches.x_step, operands.weight(panel), operands.bias(panel),
       {y + stretch.first * p.out_channels + panel * kManyTapsPanel, stretches.y_step * p.out_channels,
        sizes.channels_of(panel), mode});
    }
  });
}

}  // namespace

const char* why_not_many_taps(const Conv2dProblem& p, const Context& context) {
  if (p.kernel.t * p.kernel.f < kFewestTaps) return "fewer than 32 taps";
  return why_not_one_channel(p, context);
}

WindowStretches WindowStretches::along_time(const Conv2dProblem& p) {
  const ManyTapsSizes sizes(p);
  return {p.out_f,
          p.out_t,
          blocks_of(p.out_t, WindowStretch::kMost),
          p.options.stride.f,
          p.options.stride.t * sizes.map_row,
          1,
          p.out_f,
          sizes.map_rows * sizes.map_row,
          p.out_t * p.out_f};
}

WindowStretches WindowStretches::along_frequency(const Conv2dProblem& p) {
  const ManyTapsSizes sizes(p);
  return {p.out_t,
          p.out_f,
          blocks_of(p.out_f, WindowStretch::kMost),
          p.options.stride.t * sizes.map_row,
          p.options.stride.f,
          p.out_f,
          1,
          sizes.map_rows * sizes.map_row,
          p.out_t * p.out_f};
}

WindowStretch::WindowStretch(const WindowStretches& all, const float* map, std::int64_t i) {
  const std::int64_t n = i / all.per_example(), line = i % all.per_example() / all.pieces;
  const std::int64_t begin = i % all.pieces * kMost;
  windows = {map + n * all.x_batch + line * all.x_line + begin * all.x_step,
             std::min(kMost, all.length - begin)};
  first = n * all.y_batch + line * all.y_line + begin * all.y_step;
}

std::size_t ManyTapsOperands::workspace(const Conv2dProblem& p) {
  const ManyTapsSizes sizes(p);
  return padded_map_bytes(p) + Workspace::bytes<float>(weight_size(sizes)) +
         Workspace::bytes<float>(static_cast<std::size_t>(sizes.panels * kManyTapsPanel));
}

ManyTapsOperands::ManyTapsOperands(const Conv2dProblem& p, const View& x, const View& weight,
                                   const View& bias, WeightCache* cache, Workspace& workspace)
    : sizes_(p) {
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    map_ = pad_map(p, x.data<T>(), workspace);
    weight_ = packed_weight(weight, static_cast<std::int64_t>(weight_size(sizes_)), kManyTapsForm, cache,
                            workspace, [&](float* packed) { pack_panels(sizes_, weight.data<T>(), packed); });
    const std::int64_t outputs = sizes_.panels * kManyTapsPanel;
    float* padded = workspace.take<float>(static_cast<std::size_t>(outputs));
    for (std::int64_t o = 0; o < outputs; ++o)
      padded[o] = bias.defined() && o < p.out_channels ? widen(bias.data<T>()[o]) : 0.0f;
    bias_ = padded;
  });
}

extern const KernelVariant<Conv2dForward> conv2d_forward_many_taps = {
    .name = "many_taps",
    .why_not = why_not_many_taps,
    .workspace = ManyTapsOperands::workspace,
    .run = [](const Conv2dProblem& p, const Conv2dForward::Args& a, const Context&, Workspace workspace) {
      visit_stored(p.dtype, [&](auto tag) { many_taps_rows<decltype(tag)>(p, a, workspace); });
    }};

}  // namespace sonograd::kernels::cpu
