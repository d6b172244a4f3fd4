// Geometry of the `one_channel` kernels: a stretch of one row of y, and the rows of x under it in shared memory.
#pragma once

#include <algorithm>

#include "kernels/conv2d/cuda/conv2d_geometry.cuh"
#include "kernels/conv2d/cuda/digits.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// Geometry of a map [batch, t, f] with one channel, cut along f. The axes are those of the forward direction.
struct OneChannelRows {
  Axis t, f;
  int batch;
  int length;   // positions of a stretch; the last one of a row may have fewer
  int per_row;  // stretches
  int width;    // pixels of x under a stretch

  static OneChannelRows of(const Axis& t, const Axis& f, std::int64_t batch, int most) {
    const int length = std::min(most, f.written);
    return {t,
            f,
            int(batch),
            length,
            (f.written + length - 1) / length,
            (length - 1) * f.stride + (f.taps - 1) * f.dilation + 1};
  }
  constexpr std::int64_t stretches() const { return std::int64_t{batch} * t.written * per_row; }
  /// Number of elements that `stage` writes.
  constexpr int pixels() const { return t.taps * width; }

  /// Example, row and first position along f.
  __device__ Digits stretch(std::int64_t i) const {
    Digits at = Digits::of(i, t.written, per_row);
    at.low *= length;
    return at;
  }
  /// Number of positions of the stretch.
  __device__ int positions(const Digits& at) const {
    return f.written - at.low < length ? f.written - at.low : length;
  }
  /// Writes rows[i, j], i < t.taps, j < width: the pixel of x [batch, t.read, f.read] that lies j pixels after the one that
  /// the first position reads through the first tap of tap row i; zero outside of x. For all threads of a block.
  template <class T>
  __device__ void stage(const T* x, const Digits& at, float* rows) const {
    for (int i = int(thread_rank()); i < pixels(); i += int(block_threads())) {
      const T* from = position_of(x, at.high, at.middle * t.stride + t.offset + i / width * t.dilation,
                                  t.read, at.low * f.stride + f.offset + i % width, f.read, 1);
      rows[i] = from ? widen(*from) : 0.0f;
    }
  }
  /// Index in `rows` of tap `i` of the first position; those of further positions lie f.stride apart.
  __device__ int tap(int i) const { return i / f.taps * width + i % f.taps * f.dilation; }
};

inline const char* why_not_one_channel(const Conv2dProblem& p, const Context& context) {
  return p.in_channels == 1 ? why_not_conv2d_tiles(p, context) : "requires one input channel";
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
