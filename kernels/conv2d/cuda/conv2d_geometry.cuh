// Geometry of a convolution for kernels whose threads own elements of the written map and gather from the map that they
// read: the same for the forward direction and for the gradient of the input.
//
// Forward, position w of y reads x at w*stride - before + tap*dilation. The gradient of the input reverses this:
// position w of dx reads dy at (w + before - tap*dilation) / stride, where that is an integer. The positions with one
// remainder modulo the stride, a *phase*, are reached through the same taps, and neighbouring ones read neighbouring
// positions: a phase is a convolution of stride 1 with some of the taps. Forward has one phase.
// (Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016, section 4.)
#pragma once

#include <algorithm>
#include <numeric>
#include <type_traits>

#include "kernels/conv2d/conv2d.h"
#include "kernels/core/reference.h"
#include "kernels/simt/simt.h"
#include "kernels/simt/stored.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// Position u < `positions` reads at u * Axis::stride + first + k * step, inside or outside of the map, through tap
/// first_tap + k * tap_step, for every k < `taps`.
struct Phase {
  int positions;
  int taps, first_tap, tap_step;
  int first, step;
};

/// Time or frequency. Position u of phase i is position u * phases + i of the written map.
struct Axis {
  int written, read;  // extents of the two maps
  int taps;
  int phases, stride;  // one of the two is 1
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

/// Channels of a position of `map` [N, t, f, channels]; null outside of it.
template <class T>
__device__ const T* position_of(const T* map, int n, int at_t, int t, int at_f, int f, int channels) {
  const bool inside = at_t >= 0 && at_t < t && at_f >= 0 && at_f < f;
  return inside ? map + ((std::int64_t{n} * t + at_t) * f + at_f) * channels : nullptr;
}

/// Channels `first` to `first` + 3 of a position, zero beyond the last. `quads`: alignment allows to read them at once.
template <class T>
__device__ Vec<float, 4> load_quad(const T* position, int first, int channels, bool quads) {
  Vec<float, 4> quad = {};
  if (quads) return first < channels ? load_wide<4>(position + first) : quad;
  for (int c = 0; c < 4; ++c) {
    if (first + c < channels) quad[c] = widen(position[first + c]);
  }
  return quad;
}

/// A convolution by gathering, without its tensors. Element (out, tap, in) of the weight, for channel `out` of the written
/// map and `in` of the read map, is at out * out_step + tap * tap_step + in * in_step.
struct GatherShape {
  Axis t, f;
  int batch, in_channels, out_channels;
  std::int64_t out_step, tap_step, in_step;

  constexpr std::int64_t positions() const { return std::int64_t{batch} * t.written * f.written; }
};

/// A convolution by gathering with its tensors, whose elements are float or bf16.
template <class T>
struct Gather : GatherShape {
  const T* map;     // [batch, t.read, f.read, in_channels]
  const T* weight;  // three axes, in steps of out_step, tap_step and in_step
  const T* bias;    // [out_channels], or null
  T* out;           // [batch, t.written, f.written, out_channels]
  bool add;

  /// Channels of a position of the map; null outside of it.
  __device__ const T* read_at(int n, int at_t, int at_f) const {
    return position_of(map, n, at_t, t.read, at_f, f.read, in_channels);
  }
  __device__ T* out_at(int n, int at_t, int at_f) const {
    return out + ((std::int64_t{n} * t.written + at_t) * f.written + at_f) * out_channels;
  }
};

/// Geometry of the direction `Op`: Conv2dForward or Conv2dBackwardData.
template <class Op>
GatherShape gather_shape(const Conv2dProblem& p) {
  const auto& [stride, padding, dilation] = p.options;
  if constexpr (std::is_same_v<Op, Conv2dForward>) {
    return {.t = Axis::forward(p.out_t, p.t, p.kernel.t, stride.t, padding.t_before, dilation.t),
            .f = Axis::forward(p.out_f, p.f, p.kernel.f, stride.f, padding.f_before, dilation.f),
            .batch = int(p.batch),
            .in_channels = int(p.in_channels),
            .out_channels = int(p.out_channels),
            .out_step = p.kernel.t * p.kernel.f * p.in_channels,
            .tap_step = p.in_channels,
            .in_step = 1};
  } else {
    return {.t = Axis::backward(p.t, p.out_t, p.kernel.t, stride.t, padding.t_before, dilation.t),
            .f = Axis::backward(p.f, p.out_f, p.kernel.f, stride.f, padding.f_before, dilation.f),
            .batch = int(p.batch),
            .in_channels = int(p.out_channels),
            .out_channels = int(p.in_channels),
            .out_step = 1,
            .tap_step = p.in_channels,
            .in_step = p.kernel.t * p.kernel.f * p.in_channels};
  }
}

template <class T>
Gather<T> gather(const Conv2dProblem& p, const Conv2dForward::Args& a) {
  return {gather_shape<Conv2dForward>(p),
          a.x.data<T>(),
          a.weight.data<T>(),
          a.bias.defined() ? a.bias.data<T>() : nullptr,
          a.y.data<T>(),
          a.y.adds()};
}

template <class T>
Gather<T> gather(const Conv2dProblem& p, const Conv2dBackwardData::Args& a) {
  return {gather_shape<Conv2dBackwardData>(p),
          a.dy.data<T>(),
          a.weight.data<T>(),
          nullptr,
          a.dx.data<T>(),
          a.dx.adds()};
}

/// The gradient of the weight: its axes are those of the forward direction. `Sum`: type of dw.
template <class T, class Sum = float>
struct WeightGradient {
  const T* x;   // [batch, t.read, f.read, in_channels]
  const T* dy;  // [batch, t.written, f.written, out_channels]
  Sum* dw;      // [out_channels, t.taps, f.taps, in_channels]
  Axis t, f;
  int batch, in_channels, out_channels;
  bool add;

  constexpr std::int64_t positions() const { return std::int64_t{batch} * t.written * f.written; }
  /// Elements of dw for one out channel.
  constexpr std::int64_t columns() const { return std::int64_t{t.taps} * f.taps * in_channels; }
  /// Channels of a position of x; null outside of it.
  __device__ const T* read_at(int n, int at_t, int at_f) const {
    return position_of(x, n, at_t, t.read, at_f, f.read, in_channels);
  }
};

/// The gradient of the weight that is written or added to `dw`.
template <class T, class Sum>
WeightGradient<T, Sum> weight_gradient(const Conv2dProblem& p, const Conv2dBackwardWeight::Args& a, Sum* dw,
                                       bool add) {
  const auto& [stride, padding, dilation] = p.options;
  return {a.x.data<T>(),
          a.dy.data<T>(),
          dw,
          Axis::forward(p.out_t, p.t, p.kernel.t, stride.t, padding.t_before, dilation.t),
          Axis::forward(p.out_f, p.f, p.kernel.f, stride.f, padding.f_before, dilation.f),
          int(p.batch),
          int(p.in_channels),
          int(p.out_channels),
          add};
}
/// The geometry alone, with null tensors.
inline WeightGradient<float> weight_gradient_shape(const Conv2dProblem& p) {
  return weight_gradient<float, float>(p, {}, nullptr, false);
}

/// `why_not` of all CUDA rows: they support float32 and bf16, and count positions in 32 bits.
inline const char* why_not_conv2d(const Conv2dProblem& p, const Context& context) {
  constexpr std::int64_t kMost = 1 << 30;
  if (const char* reason = float_or_bf16(p, context)) return reason;
  if (p.batch * p.t * p.f > kMost || p.batch * p.out_t * p.out_f > kMost) return "more than 2^30 positions";
  return nullptr;
}

/// `why_not` of kernels whose blocks own tiles: channels lie along y of the grid, phases along z.
inline const char* why_not_conv2d_tiles(const Conv2dProblem& p, const Context& context) {
  constexpr std::int64_t kMostChannels = 1 << 20, kMostPhases = kMostBlocks.z;
  if (std::max(p.in_channels, p.out_channels) > kMostChannels) return "more than 2^20 channels";
  if (p.options.stride.t > kMostPhases / p.options.stride.f)
    return "more phases than a grid has blocks along z";
  return why_not_conv2d(p, context);
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
