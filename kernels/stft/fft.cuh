// Fast Fourier transforms of real frames in shared memory, one frame per warp.
//
// Stockham's self-sorting transform (decimation in frequency) between two buffers, by radix 4, 2 and then odd primes, so
// that any length works. A frame of even length is transformed as half as many complex points. The butterflies of a pass
// are divided among the lanes: a pass reads and writes every point once, and warps never wait for each other. Limits: 16
// bytes of shared memory per point and radix, and the stores of the first pass, whose stride of 4 points causes four-way
// bank conflicts.
#pragma once

#include "kernels/core/workspace.h"
#include "kernels/simt/simt.h"
#include "kernels/stft/complex.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// Passes of a transform of `n` real points, as n/2 complex ones when n is even, else as n.
struct FftPlan {
  static constexpr int kMostPasses = 16;
  static constexpr std::int64_t kMostPoints = 4096;  // two buffers of them are 64 KiB

  int n, points, passes;
  int radices[kMostPasses];
};

inline FftPlan fft_plan(std::int64_t n) {
  FftPlan plan{static_cast<int>(n), static_cast<int>(n % 2 == 0 ? n / 2 : n), 0, {}};
  int rest = plan.points;
  const auto divide = [&](int radix) {
    for (; rest % radix == 0; rest /= radix) plan.radices[plan.passes++] = radix;
  };
  divide(4), divide(2);
  for (int prime = 3; rest > 1; prime += 2) divide(prime);
  return plan;
}

/// `why_not` of rows that transform in shared memory.
inline const char* why_not_fft(std::int64_t n) {
  return (n % 2 == 0 ? n / 2 : n) > FftPlan::kMostPoints ? "a frame exceeds shared memory" : nullptr;
}

/// One pass: `stride` interleaved transforms of `radix * columns` points each.
struct FftPass {
  int n, points, columns, stride;
  const Complex* roots;  // [n] roots of unity

  /// exp(-2 pi j p q / (radix * columns))
  __device__ Complex twiddle(int p, int q) const { return roots[p * q * (n / points) * stride]; }
};

__device__ inline void radix_2(const FftPass& pass, const Complex* from, Complex* to) {
  const int step = pass.points / 2;
  for (int i = static_cast<int>(lane_index()); i < step; i += kWarpSize) {
    const int p = i / pass.stride, out = i + p * pass.stride;
    const Complex a = from[i], b = from[i + step];
    to[out] = a + b;
    to[out + pass.stride] = (a - b) * pass.twiddle(p, 1);
  }
}

__device__ inline void radix_4(const FftPass& pass, const Complex* from, Complex* to) {
  const int step = pass.points / 4;
  for (int i = static_cast<int>(lane_index()); i < step; i += kWarpSize) {
    const int p = i / pass.stride, out = i + 3 * p * pass.stride;
    const Complex a = from[i], b = from[i + step], c = from[i + 2 * step], d = from[i + 3 * step];
    const Complex even_sum = a + c, even = a - c, odd_sum = b + d, odd = b - d;
    const Complex turned = {odd.im, -odd.re};  // times -j
    to[out] = even_sum + odd_sum;
    to[out + pass.stride] = (even + turned) * pass.twiddle(p, 1);
    to[out + 2 * pass.stride] = (even_sum - odd_sum) * pass.twiddle(p, 2);
    to[out + 3 * pass.stride] = (even - turned) * pass.twiddle(p, 3);
  }
}

/// Computes by the definition; a lane computes single results.
__device__ inline void any_radix(const FftPass& pass, int radix, const Complex* from, Complex* to) {
  const int step = pass.points / radix, root_step = pass.n / radix;
  for (int i = static_cast<int>(lane_index()); i < pass.points; i += kWarpSize) {
    const int column = i % step, result = i / step, p = column / pass.stride;
    Complex sum = from[column];
    for (int term = 1, turn = result; term < radix; ++term, turn += result) {
      if (turn >= radix) turn -= radix;
      sum = sum + from[column + term * step] * pass.roots[turn * root_step];
    }
    to[column + p * (radix - 1) * pass.stride + result * pass.stride] = sum * pass.twiddle(p, result);
  }
}

/// Spectrum of the real points of a frame, from the transform of the packed points.
class Spectrum {
 public:
  __device__ Spectrum(const FftPlan& plan, const Complex* roots, const Complex* z)
      : z_(z), roots_(roots), n_(plan.n), points_(plan.points) {}

  /// Bin k <= n/2. For even n, the real parts of the packed points are the even samples and the imaginary parts the odd ones;
  /// the symmetry of their spectra separates the two.
  __device__ Complex bin(int k) const {
    if (points_ == n_) return z_[k];
    const Complex a = z_[k == points_ ? 0 : k], b = z_[k == 0 ? 0 : points_ - k];
    const Complex even = {0.5f * (a.re + b.re), 0.5f * (a.im - b.im)};
    const Complex odd = {0.5f * (a.im + b.im), 0.5f * (b.re - a.re)};
    return even + odd * roots_[k];
  }

 private:
  const Complex* z_;
  const Complex* roots_;
  int n_, points_;
};

/// The two buffers of a warp.
struct FftBuffers {
  Complex *z, *other;  // [points] each

  /// Buffers of this warp, in the dynamic shared memory of the block.
  __device__ static FftBuffers of_warp(const FftPlan& plan) {
    Complex* first = dynamic_shared<Complex>() + 2 * static_cast<int>(warp_index()) * plan.points;
    return {first, first + plan.points};
  }
};

/// Transforms `frame`, which has n real elements, by one warp; the result is in `buffers.z`, and `other` is free.
template <class Frame>
__device__ Spectrum transform(const FftPlan& plan, const Complex* roots, const Frame& frame,
                              FftBuffers& buffers) {
  const int n = plan.n, points = plan.points;
  for (int i = static_cast<int>(lane_index()); i < points; i += kWarpSize) {
    buffers.z[i] = points == n ? Complex{frame[i], 0} : Complex{frame[2 * i], frame[2 * i + 1]};
  }
  sync_warp();
  for (int pass = 0, columns = points, stride = 1; pass < plan.passes; ++pass) {
    const int radix = plan.radices[pass];
    columns /= radix;
    const FftPass now = {n, points, columns, stride, roots};
    switch (radix) {
      case 2:
        radix_2(now, buffers.z, buffers.other);
        break;
      case 4:
        radix_4(now, buffers.z, buffers.other);
        break;
      default:
        any_radix(now, radix, buffers.z, buffers.other);
    }
    stride *= radix;
    Complex* const result = buffers.other;
    buffers.other = buffers.z;
    buffers.z = result;
    sync_warp();
  }
  return {plan, roots, buffers.z};
}

inline constexpr unsigned kMostFftThreads = 4 * kWarpSize;

/// Blocks of up to four warps, one frame each, in at most 32 KiB of shared memory where that is possible.
inline Grid fft_grid(const FftPlan& plan, std::int64_t frames) {
  const std::size_t of_warp = 2 * static_cast<std::size_t>(plan.points) * sizeof(Complex);
  unsigned warps = kMostFftThreads / kWarpSize;
  while (warps > 1 && warps * of_warp > 32 * 1024) warps /= 2;
  return {{blocks_for(frames, warps)}, {warps * kWarpSize}, warps * of_warp};
}

/// Number of the frame of this warp; surplus warps have one past the last.
__device__ inline std::int64_t frame_of_warp() {
  return std::int64_t{blockIdx.x} * (blockDim.x / kWarpSize) + warp_index();
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
