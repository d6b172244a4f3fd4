// Windows on the device, and their maxima, for pooling and the ops that fuse it.
#pragma once

#include <type_traits>

#include "kernels/pool/pool.h"
#include "kernels/simt/simt.h"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

inline constexpr int kPoolThreads = 256;

/// Elements that one thread owns: N neighbouring channels from `c` on, of one position of a map.
struct PoolPlace {
  std::int64_t n, t, f, c;
};

/// Place of this thread on a map [N, t, f, channels]; `n` is beyond the batch for surplus threads.
template <int N>
__device__ PoolPlace pool_place(std::int64_t t, std::int64_t f, std::int64_t channels) {
  std::int64_t i = std::int64_t{blockIdx.x} * kPoolThreads + threadIdx.x;
  PoolPlace place;
  place.c = i % (channels / N) * N, i /= channels / N;
  place.f = i % f, i /= f;
  place.t = i % t, place.n = i / t;
  return place;
}

/// Grid for a map of this shape.
template <int N>
Grid pool_grid(const Shape& map) {
  return {{blocks_for(map.numel() / N, kPoolThreads)}, {kPoolThreads}};
}

/// Calls `visit(element of x, cell)` for the cells of the window at a place of y, in row-major order.
template <class Visit>
__device__ void for_each_cell(const PoolProblem& p, const PoolPlace& y, const Visit& visit) {
  const std::int64_t first_t = y.n * p.t + y.t * p.stride.t, first_f = y.f * p.stride.f;
  for (std::int64_t i = 0; i < p.kernel.t; ++i) {
    for (std::int64_t j = 0; j < p.kernel.f; ++j) {
      visit(((first_t + i) * p.f + first_f + j) * p.channels + y.c, i * p.kernel.f + j);
    }
  }
}

/// Channels per thread where alignment and the number of channels allow it: accesses of at most 16 bytes.
template <class T, class Index>
inline constexpr int kPoolWidth = kVectorWidth<std::conditional_t<sizeof(T) >= sizeof(Index), T, Index>>;

/// Maxima over windows of the values that `Input` returns.
template <class Index, class T, class Input>
struct MaxPoolParams {
  PoolProblem map;
  Input input;   // `input.at<N>(element, channel)`
  T* y;          // [N, T', F', C]
  Index* index;  // [N, T', F', C], or null
  bool add;
};

template <int N, class Index, class T, class Input>
SONOGRAD_KERNEL(kPoolThreads, max_pool_kernel, MaxPoolParams<Index, T, Input> p) {
  const PoolProblem& map = p.map;
  const PoolPlace at = pool_place<N>(map.out_t, map.out_f, map.channels);
  if (at.n >= map.batch) return;
  Vec<float, N> best = {};
  Vec<Index, N> where;
  for (int k = 0; k < N; ++k) where[k] = kNoCell<Index>;
  for_each_cell(map, at, [&](std::int64_t element, std::int64_t cell) {
    const Vec<float, N> value = p.input.template at<N>(element, at.c);
    const bool first = cell == 0 && !map.rectify;
    for (int k = 0; k < N; ++k) {
      const bool nan = value[k] != value[k] && best[k] == best[k];  // the first NaN is kept
      if (first || nan || value[k] > best[k]) best[k] = value[k], where[k] = static_cast<Index>(cell);
    }
  });
  const std::int64_t to = ((at.n * map.out_t + at.t) * map.out_f + at.f) * map.channels + at.c;
  write_vec(p.y + to, best, p.add);
  if (p.index != nullptr) store_vec(p.index + to, where);
}

/// `vectors`: `input` may read kPoolWidth<T, Index> elements at a time; the alignment of outputs is checked here.
template <class Index, class T = float, class Input>
void launch_max_pool(std::string_view name, const PoolProblem& map, const Input& input, const Out& y,
                     const View& index, bool vectors) {
  constexpr int kWidth = kPoolWidth<T, Index>;
  const MaxPoolParams<Index, T, Input> params = {map, input, y.data<T>(),
                                                 index.defined() ? index.data<Index>() : nullptr, y.adds()};
  if (vectors && map.channels % kWidth == 0 && vector_aligned(params.y, params.index)) {
    launch(name, max_pool_kernel<kWidth, Index, T, Input>, pool_grid<kWidth>(map.output_shape()), params);
  } else {
    launch(name, max_pool_kernel<1, Index, T, Input>, pool_grid<1>(map.output_shape()), params);
  }
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
