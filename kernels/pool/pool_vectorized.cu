// Pooling, four neighbouring channels per thread (eight of bf16).
//
// A thread owns elements of y (forward) or of x (backward) and visits the cells of their window, or the windows that contain
// them: every result has one writer, and sums have one order. Warps read whole cache lines. Traffic: both maps once, since
// windows that do not overlap share no cells. Limits: that traffic, and the divisions that find the place of a thread.
#include <type_traits>

#include "kernels/core/reference.h"
#include "kernels/pool/pool_map.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

template <class T>
struct Plain {
  const T* x;  // [N, T, F, C]

  template <int N>
  __device__ Vec<float, N> at(std::int64_t element, std::int64_t) const {
    return load_wide<N>(x + element);
  }
};

// Windows [begin, end) that contain position `at` of an axis.
struct Windows {
  std::int64_t begin, end;

  __device__ Windows(std::int64_t at, std::int64_t kernel, std::int64_t stride, std::int64_t out)
      : begin(at < kernel ? 0 : (at - kernel) / stride + 1),
        end(at / stride + 1 < out ? at / stride + 1 : out) {}
};

// Calls `visit(element of y, cell)` for the windows that contain a place of x, in a fixed order.
template <class Visit>
__device__ void for_each_window(const PoolProblem& p, const PoolPlace& x, const Visit& visit) {
  const Windows in_t(x.t, p.kernel.t, p.stride.t, p.out_t), in_f(x.f, p.kernel.f, p.stride.f, p.out_f);
  for (std::int64_t t = in_t.begin; t < in_t.end; ++t) {
    for (std::int64_t f = in_f.begin; f < in_f.end; ++f) {
      visit(((x.n * p.out_t + t) * p.out_f + f) * p.channels + x.c,
            (x.t - t * p.stride.t) * p.kernel.f + x.f - f * p.stride.f);
    }
  }
}

template <class Index, class T>
struct Params {
  PoolProblem map;
  const T* from;  // x forward, dy backward
  const Index* index;
  T* to;  // y forward, dx backward
  bool add;
};

template <int N, class Index, class T>
SONOGRAD_KERNEL(kPoolThreads, max_pool_backward_kernel, Params<Index, T> p) {
  const PoolPlace at = pool_place<N>(p.map.t, p.map.f, p.map.channels);
  if (at.n >= p.map.batch) return;
  Vec<float, N> sum = {};
  for_each_window(p.map, at, [&](std::int64_t element, std::int64_t cell) {
    const auto dy = load_wide<N>(p.from + element);
    const auto winner = load_vec<N>(p.index + element);
    for (int k = 0; k < N; ++k) sum[k] += winner[k] == static_cast<Index>(cell) ? dy[k] : 0;
  });
  write_vec(p.to + ((at.n * p.map.t + at.t) * p.map.f + at.f) * p.map.channels + at.c, sum, p.add);
}

template <int N, class T>
SONOGRAD_KERNEL(kPoolThreads, avg_pool_kernel, Params<T, T> p) {
  const PoolPlace at = pool_place<N>(p.map.out_t, p.map.out_f, p.map.channels);
  if (at.n >= p.map.batch) return;
  Vec<float, N> sum = {};
  for_each_cell(p.map, at, [&](std::int64_t element, std::int64_t) {
    const auto x = load_wide<N>(p.from + element);
    for (int k = 0; k < N; ++k) sum[k] += x[k];
  });
  for (int k = 0; k < N; ++k) sum[k] /= static_cast<float>(p.map.kernel.t * p.map.kernel.f);
  write_vec(p.to + ((at.n * p.map.out_t + at.t) * p.map.out_f + at.f) * p.map.channels + at.c, sum, p.add);
}

template <int N, class T>
SONOGRAD_KERNEL(kPoolThreads, avg_pool_backward_kernel, Params<T, T> p) {
  const PoolPlace at = pool_place<N>(p.map.t, p.map.f, p.map.channels);
  if (at.n >= p.map.batch) return;
  Vec<float, N> sum = {};
  for_each_window(p.map, at, [&](std::int64_t element, std::int64_t) {
    const auto dy = load_wide<N>(p.from + element);
    for (int k = 0; k < N; ++k) sum[k] += dy[k];
  });
  for (int k = 0; k < N; ++k) sum[k] /= static_cast<float>(p.map.kernel.t * p.map.kernel.f);
  write_vec(p.to + ((at.n * p.map.t + at.t) * p.map.f + at.f) * p.map.channels + at.c, sum, p.add);
}

// Calls `f` with the number of channels per thread that alignment allows.
template <class F, class Index, class T>
void with_width(const Params<Index, T>& p, const F& f) {
  constexpr int kWidth = kPoolWidth<T, Index>;
  if (p.map.channels % kWidth == 0 && vector_aligned(p.from, p.index, p.to)) {
    f(std::integral_constant<int, kWidth>());
  } else {
    f(std::integral_constant<int, 1>());
  }
}

// Calls `f` with values of the types of the elements and of the indices.
template <class F>
void with_types(const PoolProblem& p, const F& f) {
  visit_stored(p.dtype, [&](auto element) {
    p.index_dtype() == DType::u8 ? f(element, std::uint8_t()) : f(element, std::int32_t());
  });
}

void max_forward(const PoolProblem& p, const MaxPoolForward::Args& a, const Context&, Workspace) {
  with_types(p, [&](auto element, auto index) {
    using T = decltype(element);
    const Plain<T> x = {a.x.data<T>()};
    launch_max_pool<decltype(index), T>("max_pool_forward", p, x, a.y, a.index, vector_aligned(x.x));
  });
}

void max_backward(const PoolProblem& p, const MaxPoolBackward::Args& a, const Context&, Workspace) {
  with_types(p, [&](auto element, auto index) {
    using T = decltype(element);
    using Index = decltype(index);
    const Params<Index, T> params = {p, a.dy.data<T>(), a.index.data<Index>(), a.dx.data<T>(), a.dx.adds()};
    with_width(params, [&](auto width) {
      launch("max_pool_backward", max_pool_backward_kernel<width(), Index, T>,
             pool_grid<width()>(p.input_shape()), params);
    });
  });
}

void avg_forward(const PoolProblem& p, const AvgPoolForward::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    const Params<T, T> params = {p, a.x.data<T>(), nullptr, a.y.data<T>(), a.y.adds()};
    with_width(params, [&](auto width) {
      launch("avg_pool_forward", avg_pool_kernel<width(), T>, pool_grid<width()>(p.output_shape()), params);
    });
  });
}

void avg_backward(const PoolProblem& p, const AvgPoolBackward::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    const Params<T, T> params = {p, a.dy.data<T>(), nullptr, a.dx.data<T>(), a.dx.adds()};
    with_width(params, [&](auto width) {
      launch("avg_pool_backward", avg_pool_backward_kernel<width(), T>, pool_grid<width()>(p.input_shape()),
             params);
    });
  });
}

}  // namespace

extern const KernelVariant<MaxPoolForward> max_pool_forward_vectorized = {
    .name = "vectorized", .target = kTarget, .why_not = float_or_bf16, .run = max_forward};
extern const KernelVariant<MaxPoolBackward> max_pool_backward_vectorized = {
    .name = "vectorized", .target = kTarget, .why_not = float_or_bf16, .run = max_backward};
extern const KernelVariant<AvgPoolForward> avg_pool_forward_vectorized = {
    .name = "vectorized", .target = kTarget, .why_not = float_or_bf16, .run = avg_forward};
extern const KernelVariant<AvgPoolBackward> avg_pool_backward_vectorized = {
    .name = "vectorized", .target = kTarget, .why_not = float_or_bf16, .run = avg_backward};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
