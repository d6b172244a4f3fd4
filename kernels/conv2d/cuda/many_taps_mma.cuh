// Operands of the `many_taps_mma` kernels: windows of a map with one channel as fragments of tensor cores.
//
// A fragment is a Hankel matrix: element (row, k) is element first + row + k of a line (many_taps.cuh), so its words are words of
// the line, whatever `first` is. The copy of the map holds one word for every element: its tf32, or the bf16 of it and of its
// successor. A lane reads its words straight from global memory, mostly from the first-level cache: there is neither shared
// memory nor a barrier.
#pragma once

#include "kernels/conv2d/cuda/conv2d_patch.cuh"
#include "kernels/conv2d/cuda/many_taps.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace many_taps {

/// Elements of a word.
template <class T>
inline constexpr int kPerWord = 4 / static_cast<int>(sizeof(T));

template <class T>
__device__ std::uint32_t word_of(float first, float second) {
  if constexpr (std::is_same_v<T, bf16>) {
    return narrow_two(first, second);
  } else {
    return std::bit_cast<std::uint32_t>(round_tf32(first));
  }
}

template <class S>
struct WordParams {
  Lines lines;
  const S* from;
  std::uint32_t* to;
  std::int64_t count;
};

// S: element type of the map; T: type of the factors of products, float for tf32.
template <class S, class T>
SONOGRAD_KERNEL(kCopyThreads, map_words_kernel, WordParams<S> params) {
  const std::int64_t i = std::int64_t{blockIdx.x} * kCopyThreads + threadIdx.x;
  if (i >= params.count) return;
  const Lines& l = params.lines;
  const Digits at = Digits::of(i, l.map_lines, l.pitch);  // example, line, place
  const int a = at.low - l.before, b = at.middle - l.before_across;
  const S* x = params.from + at.high * l.x_example() + a * l.x_a + b * l.x_b;
  const bool line = b >= 0 && b < l.across;
  const float first = line && a >= 0 && a < l.length ? widen(x[0]) : 0.0f;
  const float second = line && a + 1 >= 0 && a + 1 < l.length ? widen(x[l.x_a]) : 0.0f;
  params.to[i] = word_of<T>(first, second);
}

inline std::size_t map_words_bytes(const Conv2dProblem& p) {
  return Workspace::bytes<std::uint32_t>(std::size_t(Lines::of(p).map_elements()));
}

/// x as [batch, map_lines, pitch] words.
template <class S, class T>
const std::uint32_t* copy_map_words(const Lines& lines, const S* x, Workspace& workspace) {
  const std::int64_t count = lines.map_elements();
  std::uint32_t* map = workspace.take<std::uint32_t>(std::size_t(count));
  launch("many_taps_map", map_words_kernel<S, T>, {{blocks_for(count, kCopyThreads)}, {kCopyThreads}},
         {lines, x, map, count});
  return map;
}

/// The window (row, k) -> line[row + k] of 16 rows.
template <class T>
__device__ void load_window(FragmentA<T>& fragment, const std::uint32_t* line) {
  const int group = int(lane_index() / 4), t = int(lane_index() % 4) * kPerWord<T>;
  const std::uint32_t* word = line + group + t;
  SONOGRAD_UNROLL
  for (int i = 0; i < 4; ++i) fragment.words[i] = word[i % 2 * 8 + i / 2 * kMmaK<T> / 2];
}

/// Sets the columns from `count` on to zero.
template <class T>
__device__ void mask_window(FragmentA<T>& fragment, int count) {
  const int t = int(lane_index() % 4) * kPerWord<T>;
  SONOGRAD_UNROLL
  for (int i = 0; i < 4; ++i) {
    const int k = t + i / 2 * kMmaK<T> / 2;
    if (k >= count) fragment.words[i] = 0;
    if (kPerWord<T> == 2 && k + 1 == count) fragment.words[i] &= 0xffffu;
  }
}

// ---- on the host

inline const char* why_not_mma(const Conv2dProblem& p, const Context& context) {
  if (p.dtype == DType::f32 && context.precision == Precision::strict)
    return "strict precision requires float32 products";
  return why_not(p, context);
}

}  // namespace many_taps
}  // namespace sonograd::kernels::SONOGRAD_TARGET
