// What the tensor-core kernels share: the patch of a map that lies under a box of positions. It is brought to
// shared memory once and serves all taps: a tap is a constant distance between what its positions read.
#pragma once

#include "kernels/conv2d/cuda/conv2d_geometry.cuh"
#include "kernels/conv2d/cuda/position_box.cuh"
#include "kernels/simt/mma.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// One axis of a patch: positions u, u + 1, … of a phase read from `stride` apart in it, through all taps.
struct Span {
  int begin;           // where in the map it begins, for u = 0
  int extent;          // for the whole box
  int tap0, tap_step;  // distance of the first tap from the beginning, and between taps

  static constexpr Span of(const Phase& phase, int stride, int box) {
    const int reach = phase.taps > 1 ? (phase.taps - 1) * phase.step : 0;
    const int before = reach < 0 ? -reach : 0;
    return {phase.first - before, (box - 1) * stride + (reach < 0 ? before : reach) + 1, before, phase.step};
  }
};

/// A map in global memory, of which patches are read.
struct PatchSource {
  const float* map;  // [batch, t, f, channels]
  int batch, t, f, channels;
  bool quads;  // may four channels be read at once?

  static PatchSource of(const float* map, int batch, int t, int f, int channels) {
    return {map, batch, t, f, channels, channels % 4 == 0 && vector_aligned(map)};
  }
};

/// Pixels [n, t, f] of the map, from `begin` on; what lies outside of the map is zero.
struct Patch {
  Digits begin;
  int n, t, f;

  constexpr int pixels() const { return n * t * f; }
  /// Pixel (i, j, k) in row-major order.
  __device__ int pixel(int i, int j, int k) const { return (i * t + j) * f + k; }

  /// Channels first … first + 3 of a pixel.
  __device__ Vec<float, 4> fetch(const PatchSource& from, int pixel, int first) const {
    const Digits at = Digits::of(pixel, t, f);
    if (begin.high + at.high >= from.batch || first >= from.channels) return {};
    const float* x = position_of(from.map, begin.high + at.high, begin.middle + at.middle, from.t,
                                 begin.low + at.low, from.f, from.channels);
    return x ? load_quad(x, first, from.channels, from.quads) : Vec<float, 4>{};
  }
};

/// `to` in shared memory, aligned to four elements.
template <class T>
__device__ void store_rounded(T* to, const Vec<float, 4>& quad) {
  Vec<T, 4> values;
  for (int c = 0; c < 4; ++c) values[c] = rounded<T>(quad[c]);
  store_vec(to, values);
}

/// Quads on their way from global to shared memory beside the arithmetic; those at `threadIdx.x` + i * kThreads are
/// this thread's. `load` takes the next of them below `end` into registers, `store` puts those down, `rest` does
/// what is left.
template <int kHeld, int kThreads>
class HeldQuads {
 public:
  __device__ void restart() { next_ = int(threadIdx.x); }

  template <class Fetch>
  __device__ void load(int end, const Fetch& fetch) {
    SONOGRAD_UNROLL
    for (int i = 0; i < kHeld; ++i) {
      if (next_ + i * kThreads < end) quads_[i] = fetch(next_ + i * kThreads);
    }
  }
  template <class Place>
  __device__ void store(int end, const Place& place) {
    SONOGRAD_UNROLL
    for (int i = 0; i < kHeld; ++i) {
      if (next_ + i * kThreads < end) place(next_ + i * kThreads, quads_[i]);
    }
    next_ += kHeld * kThreads;
  }
  template <class Fetch, class Place>
  __device__ void rest(int end, const Fetch& fetch, const Place& place) {
    for (; next_ < end; next_ += kThreads) place(next_, fetch(next_));
  }

 private:
  int next_ = int(threadIdx.x);
  Vec<float, 4> quads_[kHeld] = {};
};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
