// Patches for the tensor-core kernels: the pixels of a map that a box of positions reads. A patch is staged in shared
// memory once and serves all taps: the pixels that a position reads through two taps lie a constant distance apart.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "kernels/conv2d/cuda/conv2d_geometry.cuh"
#include "kernels/conv2d/cuda/position_box.cuh"
#include "kernels/simt/mma.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// One axis of a patch. Positions u, u + 1, … of a phase read pixels `stride` apart, through every tap.
struct PatchAxis {
  int begin;           // first pixel in the map for a box that begins at u = 0
  int extent;          // pixels of the whole box
  int tap0, tap_step;  // distance of the first tap from the beginning, and between taps

  static constexpr PatchAxis of(const Phase& phase, int stride, int box) {
    const int reach = phase.taps > 1 ? (phase.taps - 1) * phase.step : 0;
    const int before = reach < 0 ? -reach : 0;
    return {phase.first - before, (box - 1) * stride + (reach < 0 ? before : reach) + 1, before, phase.step};
  }
};

/// Channels of one access of 16 bytes: four floats, or four words of two bf16 each, the first in the lower half. (Single
/// bf16 would take twice the registers.)
template <class T>
using Piece = Vec<std::conditional_t<std::is_same_v<T, bf16>, std::uint32_t, T>, 4>;

/// Instead of the number of a position: zeros.
inline constexpr int kOutside = -1;

/// A map in global memory, the source of patches. Its positions are numbered in order; their number is an int.
template <class T>
struct PatchSource {
  const T* map;  // [batch, t, f, channels]
  int batch, t, f, channels;
  bool pieces;  // alignment allows to read a piece at once

  static PatchSource of(const T* map, int batch, int t, int f, int channels) {
    return {map, batch, t, f, channels, channels % kVectorWidth<T> == 0 && vector_aligned(map)};
  }
  /// One piece of channels of the position with that number, from `first` on; zero beyond the last, and for kOutside.
  __device__ Piece<T> load(int number, int first) const {
    Piece<T> piece = {};
    if (number == kOutside) return piece;
    const T* position = map + std::int64_t{number} * channels;
    if (pieces) {
      return first < channels ? std::bit_cast<Piece<T>>(load_vec<kVectorWidth<T>>(position + first)) : piece;
    }
    for (int c = 0; c < kVectorWidth<T>; ++c) {
      if (first + c >= channels) continue;
      if constexpr (std::is_same_v<T, bf16>) {
        piece[c / 2] |= std::uint32_t{position[first + c].bits} << c % 2 * 16;
      } else {
        piece[c] = position[first + c];
      }
    }
    return piece;
  }
};

/// Pixels [n, t, f] of the map, from `begin` on; pixels outside of the map are zero.
struct Patch {
  Digits begin;
  int n, t, f;

  constexpr int pixels() const { return n * t * f; }
  /// Row-major index of pixel (i, j, k).
  __device__ int pixel(int i, int j, int k) const { return (i * t + j) * f + k; }

  /// The number of the position of a pixel, or kOutside. Kernels make a table of them in shared memory, since a piece that is
  /// staged would cost two divisions otherwise.
  template <class T>
  __device__ int position(const PatchSource<T>& from, const Digits& pixel) const {
    const int i = begin.high + pixel.high, j = begin.middle + pixel.middle, k = begin.low + pixel.low;
    const bool inside = i < from.batch && j >= 0 && j < from.t && k >= 0 && k < from.f;
    return inside ? (i * from.t + j) * from.f + k : kOutside;
  }
};

/// Rounds a piece to T and stores it at `to` in shared memory, which is aligned to as many elements.
template <class T>
__device__ void store_rounded(T* to, const Piece<float>& piece) {
  if constexpr (std::is_same_v<T, bf16>) {
    store_narrow<4>(to, piece);
  } else {
    Vec<T, 4> values;
    for (int c = 0; c < 4; ++c) values[c] = rounded<T>(piece[c]);
    store_vec(to, values);
  }
}
__device__ inline void store_rounded(bf16* to, const Piece<bf16>& piece) {
  store_vec(to, std::bit_cast<Vec<bf16, 8>>(piece));
}

/// Copies pieces from global to shared memory beside the arithmetic. This thread copies the pieces `threadIdx.x` +
/// i * kThreads: `load` reads the next kHeld of them below `end` into registers, `store` stores these, and `rest` copies
/// all that remain.
template <class T, int kHeld, int kThreads>
class HeldPieces {
 public:
  __device__ void restart() { next_ = int(threadIdx.x); }

  template <class Fetch>
  __device__ void load(int end, const Fetch& fetch) {
    SONOGRAD_UNROLL
    for (int i = 0; i < kHeld; ++i) {
      if (next_ + i * kThreads < end) pieces_[i] = fetch(next_ + i * kThreads);
    }
  }
  template <class Place>
  __device__ void store(int end, const Place& place) {
    SONOGRAD_UNROLL
    for (int i = 0; i < kHeld; ++i) {
      if (next_ + i * kThreads < end) place(next_ + i * kThreads, pieces_[i]);
    }
    next_ += kHeld * kThreads;
  }
  template <class Fetch, class Place>
  __device__ void rest(int end, const Fetch& fetch, const Place& place) {
    for (; next_ < end; next_ += kThreads) place(next_, fetch(next_));
  }

 private:
  int next_ = int(threadIdx.x);
  Piece<T> pieces_[kHeld] = {};
};

// ---- on the host

/// True when the factors of products are bf16. Products of maps that are stored as bf16 are exact, in every precision.
inline bool multiplies_bf16(const Conv2dProblem& p, const Context& context) {
  return p.dtype == DType::bf16 || context.precision == Precision::bf16;
}

/// Calls `f` with a value of the storage type of maps and one of the type of the factors (float for tf32).
template <class F>
void with_operands(const Conv2dProblem& p, const Context& context, const F& f) {
  if (p.dtype == DType::bf16) return f(bf16(), bf16());
  context.precision == Precision::bf16 ? f(float(), bf16()) : f(float(), float());
}

/// `why_not` of all rows with tensor cores.
inline const char* why_not_tensor_cores(const Conv2dProblem& p, const Context& context) {
  if (const char* reason = why_not_conv2d_tiles(p, context)) return reason;
  if (p.dtype == DType::f32 && context.precision == Precision::strict)
    return "strict precision requires float32 products";
  constexpr std::int64_t kMostPositions = std::numeric_limits<int>::max();
  if (std::max(p.batch * p.t * p.f, p.batch * p.out_t * p.out_f) > kMostPositions)
    return "more than 2^31 - 1 positions";
  return p.narrowest_channels() < 4 ? "fewer than 4 channels" : nullptr;
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
