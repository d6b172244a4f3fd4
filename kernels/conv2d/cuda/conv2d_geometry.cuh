// The geometry of a convolution for kernels whose threads own what is written and gather what they need: the same
// for the forward direction and for the gradient of the input.
//
// Forward, position w of y reads x at w*stride - before + tap*dilation. The gradient of the input turns this
// around: position w of dx reads dy at (w + before - tap*dilation) / stride, where that is whole. The positions
// with one remainder modulo the stride, a *phase*, are reached through the same taps and read neighbours at
// neighbours: a phase is a convolution of stride 1 with some of the taps. Forward there is one phase.
// (Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016, section 4.)
#pragma once

#include <algorithm>
#include <numeric>

#include "kernels/conv2d/conv2d.h"
#include "kernels/simt/simt.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// Position u, below `positions`, reads at u * Axis::stride + first + k * step, outside of the map or not, through tap
/// first_tap + k * tap_step, for every k below `taps`.
struct Phase {
  int positions;
  int taps, first_tap, tap_step;
  int first, step;
};

/// Time or frequency. Position u of phase i is position u * phases + i of what is written.
struct Axis {
  int written, read;  // extents of the two maps
  int taps;
  int phases, stride;  // one of them is 1
  int offset, dilation;

  static Axis forward(std::int64_t written, std::int64_t read, std::int64_t taps, std::int64_t stride,
                      std::int64_t before, std::int64_t dilation) {
    return {int(written), int(read), int(taps), 1, int(stride), int(-before), int(dilation)};
  }
  static Axis backward(std::int64_t written, std::int64_t read, std::int64_t taps, std::int64_t stride,
                       std::int64_t before, std::int64_t dilation) {
    return {int(written), int(read), int(taps), int(stride), 1, int(before), int(-dilation)};
  }

  constexpr Phase phase(int i) const {
    int tap = 0;
    while (tap < taps && (i + offset + tap * dilation) % phases != 0) ++tap;
    const int tap_step = phases / std::gcd(phases, dilation);
    return {(written - i + phases - 1) / phases,
            (taps - tap + tap_step - 1) / tap_step,
            tap,
            tap_step,
            (i + offset + tap * dilation) / phases,
            tap_step * dilation / phases};
  }
};

/// All channels of a position of map [N, t, f, channels]; null outside of it.
__device__ inline const float* position_of(const float* map, int n, int at_t, int t, int at_f, int f,
                                           int channels) {
  const bool inside = at_t >= 0 && at_t < t && at_f >= 0 && at_f < f;
  return inside ? map + ((std::int64_t{n} * t + at_t) * f + at_f) * channels : nullptr;
}

/// Channels `first` to `first` + 3 of a position, zero beyond the last; `quads`: they may be read at once.
__device__ inline Vec<float, 4> load_quad(const float* position, int first, int channels, bool quads) {
  Vec<float, 4> quad = {};
  if (quads) return first < channels ? load_vec<4>(position + first) : quad;
  for (int c = 0; c < 4; ++c) {
    if (first + c < channels) quad[c] = position[first + c];
  }
  return quad;
}

/// A convolution by gathering. Element (out, tap, in) of the weight, for channel `out` of what is written and `in` of
/// what is read, is at out * out_step + tap * tap_step + in * in_step.
struct Gather {
  const float* map;     // [batch, t.read, f.read, in_channels]
  const float* weight;  // three axes, as the steps tell
  const float* bias;    // [out_channels], or null
  float* out;           // [batch, t.written, f.written, out_channels]
  Axis t, f;
  int batch, in_channels, out_channels;
  std::int64_t out_step, tap_step, in_step;
  bool add;

  constexpr std::int64_t positions() const { return std::int64_t{batch} * t.written * f.written; }
  /// All channels of a position of the map; null outside of it.
  __device__ const float* read_at(int n, int at_t, int at_f) const {
    return position_of(map, n, at_t, t.read, at_f, f.read, in_channels);
  }
  __device__ float* out_at(int n, int at_t, int at_f) const {
    return out + ((std::int64_t{n} * t.written + at_t) * f.written + at_f) * out_channels;
  }
};

inline Gather gather(const Conv2dProblem& p, const Conv2dForward::Args& a) {
  const auto& [stride, padding, dilation] = p.options;
  return {.map = a.x.data<float>(),
          .weight = a.weight.data<float>(),
          .bias = a.bias.defined() ? a.bias.data<float>() : nullptr,
          .out = a.y.data<float>(),
          .t = Axis::forward(p.out_t, p.t, p.kernel.t, stride.t, padding.t_before, dilation.t),
          .f = Axis::forward(p.out_f, p.f, p.kernel.f, stride.f, padding.f_before, dilation.f),
          .batch = int(p.batch),
          .in_channels = int(p.in_channels),
          .out_channels = int(p.out_channels),
          .out_step = p.kernel.t * p.kernel.f * p.in_channels,
          .tap_step = p.in_channels,
          .in_step = 1,
          .add = a.y.adds()};
}

inline Gather gather(const Conv2dProblem& p, const Conv2dBackwardData::Args& a) {
  const auto& [stride, padding, dilation] = p.options;
  return {.map = a.dy.data<float>(),
          .weight = a.weight.data<float>(),
          .bias = nullptr,
          .out = a.dx.data<float>(),
          .t = Axis::backward(p.t, p.out_t, p.kernel.t, stride.t, padding.t_before, dilation.t),
          .f = Axis::backward(p.f, p.out_f, p.kernel.f, stride.f, padding.f_before, dilation.f),
          .batch = int(p.batch),
          .in_channels = int(p.out_channels),
          .out_channels = int(p.in_channels),
          .out_step = 1,
          .tap_step = p.in_channels,
          .in_step = p.kernel.t * p.kernel.f * p.in_channels,
          .add = a.dx.adds()};
}

/// The gradient of the weight: its axes are those of the forward direction.
struct WeightGradient {
  const float* x;   // [batch, t.read, f.read, in_channels]
  const float* dy;  // [batch, t.written, f.written, out_channels]
  float* dw;        // [out_channels, t.taps, f.taps, in_channels]
  Axis t, f;
  int batch, in_channels, out_channels;
  bool add;

  constexpr std::int64_t positions() const { return std::int64_t{batch} * t.written * f.written; }
  /// Elements of dw for one out channel.
  constexpr std::int64_t columns() const { return std::int64_t{t.taps} * f.taps * in_channels; }
  /// All channels of a position of x; null outside of it.
  __device__ const float* read_at(int n, int at_t, int at_f) const {
    return position_of(x, n, at_t, t.read, at_f, f.read, in_channels);
  }
};

inline WeightGradient weight_gradient(const Conv2dProblem& p, const Conv2dBackwardWeight::Args& a) {
  const auto& [stride, padding, dilation] = p.options;
  return {a.x.data<float>(),
          a.dy.data<float>(),
          a.dw.data<float>(),
          Axis::forward(p.out_t, p.t, p.kernel.t, stride.t, padding.t_before, dilation.t),
          Axis::forward(p.out_f, p.f, p.kernel.f, stride.f, padding.f_before, dilation.f),
          int(p.batch),
          int(p.in_channels),
          int(p.out_channels),
          a.dw.adds()};
}

/// The objection of all rows: float32 only, and positions are counted in 32 bits.
inline const char* why_not_conv2d(const Conv2dProblem& p, const Context&) {
  constexpr std::int64_t kMost = 1 << 30;
  if (p.dtype != DType::f32) return "wants f32";
  if (p.batch * p.t * p.f > kMost || p.batch * p.out_t * p.out_f > kMost) return "more than 2^30 positions";
  return nullptr;
}

/// The same for kernels whose blocks own tiles: channels lie along y of the grid, phases along z.
inline const char* why_not_conv2d_tiles(const Conv2dProblem& p, const Context& context) {
  constexpr std::int64_t kMostChannels = 1 << 20, kMostPhases = kMostBlocks.z;
  if (std::max(p.in_channels, p.out_channels) > kMostChannels) return "more than 2^20 channels";
  if (p.options.stride.t > kMostPhases / p.options.stride.f) return "more phases than a grid has layers";
  return why_not_conv2d(p, context);
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
