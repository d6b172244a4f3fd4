// Parts of the rows that compute panels of output channels: both maps, the bias and the weights of all panels.
#pragma once

#include <algorithm>
#include <string_view>

#include "kernels/conv2d/conv2d.h"
#include "kernels/conv2d/cpu/panel_product_simd.h"
#include "kernels/core/launch.h"
#include "kernels/core/stored.h"

namespace sonograd::kernels::cpu {

/// The map that a convolution reads, and the one that it writes.
struct ConvolvedMap {
  std::int64_t batch, t, f, channels;
  std::int64_t out_t, out_f, out_channels;
  std::int64_t before_t, before_f;  ///< zeros before the map; below 0: positions that are left out

  /// The convolution itself: reads x.
  static ConvolvedMap forward(const Conv2dProblem& p) {
    const Padding& padding = p.options.padding;
    return {p.batch,         p.t, p.f, p.in_channels, p.out_t, p.out_f, p.out_channels, padding.t_before,
            padding.f_before};
  }
  /// Its gradient in x for strides of 1, a convolution of dy by the rotated kernel.
  static ConvolvedMap gradient(const Conv2dProblem& p) {
    const auto& [stride, padding, dilation] = p.options;
    return {p.batch,
            p.out_t,
            p.out_f,
            p.out_channels,
            p.t,
            p.f,
            p.in_channels,
            (p.kernel.t - 1) * dilation.t - padding.t_before,
            (p.kernel.f - 1) * dilation.f - padding.f_before};
  }

  std::int64_t panels() const { return blocks_of(out_channels, kProductPanel); }
  std::int64_t channels_of(std::int64_t panel) const {
    return std::min(kProductPanel, out_channels - panel * kProductPanel);
  }
  std::size_t bias_bytes() const {
    return Workspace::bytes<float>(static_cast<std::size_t>(panels() * kProductPanel));
  }
};

/// The bias [panels * kProductPanel] in float32; zeros behind it, and where `bias` is undefined.
template <class T>
const float* panels_of_bias(const ConvolvedMap& map, const View& bias, Workspace& workspace) {
  const std::int64_t count = map.panels() * kProductPanel;
  float* padded = workspace.take<float>(static_cast<std::size_t>(count));
  std::fill_n(padded, count, 0.0f);
  if (bias.defined())
    std::transform(bias.data<T>(), bias.data<T>() + map.out_channels, padded, [](T b) { return widen(b); });
  return padded;
}

/// Bytes of scratch memory that `launch_blocks` takes.
inline std::size_t block_scratch_bytes(std::int64_t blocks, std::int64_t scratch_size) {
  const std::int64_t stretches = std::min<std::int64_t>(blocks, threads());
  return Workspace::bytes<float>(static_cast<std::size_t>(stretches * scratch_size));
}

/// Calls `run(block, scratch)` for all blocks, a stretch of them in each thread. `scratch` has `scratch_size` elements, which the
/// blocks of a stretch use one after the other.
template <class Run>
void launch_blocks(std::string_view name, std::int64_t blocks, std::int64_t scratch_size,
                   Workspace& workspace, const Run& run) {
  const std::int64_t stretches = std::min<std::int64_t>(blocks, threads());
  float* scratch = workspace.take<float>(static_cast<std::size_t>(stretches * scratch_size));
  launch(name, stretches, [&](std::int64_t stretch) {
    for (std::int64_t block = blocks * stretch / stretches; block < blocks * (stretch + 1) / stretches;
         ++block)
      run(block, scratch + stretch * scratch_size);
  });
}

/// Weights of `count` elements that `make(memory)` packs: kept in `cache` in `form`, or in scratch memory where that is null.
template <class Make>
const float* packed_weight(const View& weight, std::int64_t count, std::uint64_t form, WeightCache* cache,
                           Workspace& workspace, const Make& make) {
  const auto elements = static_cast<std::size_t>(count);
  const auto pack = [&](void* memory) { make(static_cast<float*>(memory)); };
  if (cache != nullptr)
    return static_cast<const float*>(cache->packed(weight.pointer, form, elements * sizeof(float), pack));
  float* packed = workspace.take<float>(elements);
  make(packed);
  return packed;
}

}  // namespace sonograd::kernels::cpu
