// Geometry and operands of the `many_taps` kernels: a map with one channel under wide filters, products in float32.
//
// Lines lie along the longer axis of the filter, `a`; the other axis is `b`. A lane owns a channel and one block of a Toeplitz
// matrix in registers: 16 neighbouring positions × 16 neighbouring taps, 256 products of 31 elements of a line and 16 of
// another operand. All lanes of a warp read the same elements of the map, and neighbouring channels of dy and of the weight.
// There is no shared memory but for the last sums of the gradient of the input, so no filter is too large.
// The map is copied first, with its padding, in float32 and with lines along `a`; filters tap by tap, channels side by side.
#pragma once

#include "kernels/conv2d/cuda/conv2d_geometry.cuh"
#include "kernels/conv2d/cuda/digits.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace many_taps {

constexpr int kBlock = 16;  // positions and taps of a block in registers
constexpr int kWarps = 8, kThreads = kWarps * int(kWarpSize), kLanes = int(kWarpSize);
constexpr int kCopyThreads = 256;

struct Lines {
  bool along_time;
  int batch, channels;
  int taps, tap_lines;         // of a filter along a, and along b
  int length, across;          // extents of x
  int out_length, out_across;  // of y
  int before, before_across;   // zeros
  int stride_across, dilation_across;
  int pitch, map_lines;       // of the copy of x: elements of a line, lines of an example
  std::int64_t x_a, x_b;      // elements of x from position to position
  std::int64_t y_a, y_b;      // positions of y
  std::int64_t tap_a, tap_b;  // elements of a filter

  static Lines of(const Conv2dProblem& p) {
    const auto& [stride, padding, dilation] = p.options;
    Lines l = {};
    l.along_time = p.kernel.t > p.kernel.f;
    l.batch = int(p.batch), l.channels = int(p.out_channels);
    if (l.along_time) {
      l.taps = int(p.kernel.t), l.tap_lines = int(p.kernel.f);
      l.length = int(p.t), l.across = int(p.f), l.out_length = int(p.out_t), l.out_across = int(p.out_f);
      l.before = int(padding.t_before), l.before_across = int(padding.f_before);
      l.stride_across = int(stride.f), l.dilation_across = int(dilation.f);
      l.x_a = p.f, l.x_b = 1, l.y_a = p.out_f, l.y_b = 1, l.tap_a = p.kernel.f, l.tap_b = 1;
    } else {
      l.taps = int(p.kernel.f), l.tap_lines = int(p.kernel.t);
      l.length = int(p.f), l.across = int(p.t), l.out_length = int(p.out_f), l.out_across = int(p.out_t);
      l.before = int(padding.f_before), l.before_across = int(padding.t_before);
      l.stride_across = int(stride.t), l.dilation_across = int(dilation.t);
      l.x_a = 1, l.x_b = p.f, l.y_a = 1, l.y_b = p.out_f, l.tap_a = 1, l.tap_b = p.kernel.f;
    }
    l.pitch = (l.segments() + l.tap_blocks()) * kBlock;
    l.map_lines = (l.out_across - 1) * l.stride_across + (l.tap_lines - 1) * l.dilation_across + 1;
    return l;
  }

  /// Stretches of kBlock positions of a line of y, and of kBlock taps of a line of a filter.
  constexpr int segments() const { return (out_length + kBlock - 1) / kBlock; }
  constexpr int tap_blocks() const { return (taps + kBlock - 1) / kBlock; }
  constexpr int channel_groups() const { return (channels + kLanes - 1) / kLanes; }
  constexpr std::int64_t map_elements() const { return std::int64_t{batch} * map_lines * pitch; }
  constexpr std::int64_t weight_elements() const {
    return std::int64_t{tap_lines} * tap_blocks() * kBlock * channels;
  }
  /// Elements of x or y per example, of y in positions.
  constexpr std::int64_t x_example() const { return std::int64_t{length} * across; }
  constexpr std::int64_t y_example() const { return std::int64_t{out_length} * out_across; }
};

// ---- copies

template <class T>
struct CopyParams {
  Lines lines;
  const T* from;
  float* to;
  std::int64_t count;
};

template <class T>
SONOGRAD_KERNEL(kCopyThreads, map_kernel, CopyParams<T> params) {
  const std::int64_t i = std::int64_t{blockIdx.x} * kCopyThreads + threadIdx.x;
  if (i >= params.count) return;
  const Lines& l = params.lines;
  const Digits at = Digits::of(i, l.map_lines, l.pitch);  // example, line, place
  const int a = at.low - l.before, b = at.middle - l.before_across;
  const bool inside = a >= 0 && a < l.length && b >= 0 && b < l.across;
  params.to[i] = inside ? widen(params.from[at.high * l.x_example() + a * l.x_a + b * l.x_b]) : 0.0f;
}

template <class T>
SONOGRAD_KERNEL(kCopyThreads, weight_kernel, CopyParams<T> params) {
  const std::int64_t i = std::int64_t{blockIdx.x} * kCopyThreads + threadIdx.x;
  if (i >= params.count) return;
  const Lines& l = params.lines;
  const Digits at = Digits::of(i, l.tap_blocks() * kBlock, l.channels);  // line, tap, channel
  const bool inside = at.middle < l.taps;
  const std::int64_t filter = std::int64_t{at.low} * l.taps * l.tap_lines;
  params.to[i] = inside ? widen(params.from[filter + at.high * l.tap_b + at.middle * l.tap_a]) : 0.0f;
}

inline std::size_t map_bytes(const Conv2dProblem& p) {
  return Workspace::bytes<float>(std::size_t(Lines::of(p).map_elements()));
}
inline std::size_t weight_bytes(const Conv2dProblem& p) {
  return Workspace::bytes<float>(std::size_t(Lines::of(p).weight_elements()));
}

/// x as [batch, map_lines, pitch].
template <class T>
const float* copy_map(const Lines& lines, const T* x, Workspace& workspace) {
  const std::int64_t count = lines.map_elements();
  float* map = workspace.take<float>(std::size_t(count));
  launch("many_taps_map", map_kernel<T>, {{blocks_for(count, kCopyThreads)}, {kCopyThreads}},
         {lines, x, map, count});
  return map;
}
/// The weight as [tap_lines, tap_blocks * kBlock, channels].
template <class T>
const float* copy_weight(const Lines& lines, const T* weight, Workspace& workspace) {
  const std::int64_t count = lines.weight_elements();
  float* packed = workspace.take<float>(std::size_t(count));
  launch("many_taps_weight", weight_kernel<T>, {{blocks_for(count, kCopyThreads)}, {kCopyThreads}},
         {lines, weight, packed, count});
  return packed;
}

// ---- blocks in registers

/// Elements [0, 2 kBlock) of a line, which is aligned.
struct Window {
  float at[2 * kBlock];

  __device__ static Window load(const float* line) {
    Window window;
    SONOGRAD_UNROLL
    for (int i = 0; i < 2 * kBlock; i += 4) {
      const auto quad = load_vec<4>(line + i);
      for (int k = 0; k < 4; ++k) window.at[i + k] = quad[k];
    }
    return window;
  }
};

/// Calls `visit(i)` for i < kBlock; only for i < count where `count` is smaller, the same in all lanes.
template <class Visit>
__device__ void each_below(int count, const Visit& visit) {
  if (count >= kBlock) {
    SONOGRAD_UNROLL
    for (int i = 0; i < kBlock; ++i) visit(i);
  } else {
    SONOGRAD_UNROLL
    for (int i = 0; i < kBlock; ++i) {
      if (i < count) visit(i);
    }
  }
}

// ---- on the host

constexpr std::int64_t kFewestTaps = 32;

inline const char* why_not(const Conv2dProblem& p, const Context& context) {
  const auto& [stride, padding, dilation] = p.options;
  const bool along_time = p.kernel.t > p.kernel.f;
  if (p.in_channels != 1) return "requires one input channel";
  if (p.kernel.t * p.kernel.f < kFewestTaps) return "fewer than 32 taps";
  if ((along_time ? stride.t : stride.f) != 1)
    return "requires a stride of 1 along the longer axis of the filter";
  if ((along_time ? dilation.t : dilation.f) != 1)
    return "requires a dilation of 1 along the longer axis of the filter";
  return why_not_conv2d_tiles(p, context);
}

}  // namespace many_taps
}  // namespace sonograd::kernels::SONOGRAD_TARGET
