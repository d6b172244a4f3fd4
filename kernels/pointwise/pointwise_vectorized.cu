// Elementwise functions, 16 bytes of neighbouring elements per thread: four float32 or eight bf16.
//
// One kernel for all of them (kernels/simt/elementwise.h). Traffic, which is also the limit: each tensor once; operands that
// repeat are read from the caches.
#include "kernels/core/reference.h"
#include "kernels/pointwise/pointwise.cuh"
#include "kernels/pointwise/pointwise.h"
#include "kernels/simt/elementwise.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

// Functors that compute elements `first` to `first + N` of the result.
template <class T>
struct Forward {
  const T* x;
  Unary function;
  float alpha;

  template <int N>
  __device__ Vec<float, N> at(std::int64_t first) const {
    auto v = load_wide<N>(x + first);
    for (int i = 0; i < N; ++i) v[i] = value_of(function, alpha, v[i]);
    return v;
  }
};

template <class T>
struct Backward {
  const T *saved, *dy;
  Unary function;
  float alpha;

  template <int N>
  __device__ Vec<float, N> at(std::int64_t first) const {
    const auto s = load_wide<N>(saved + first);
    auto v = load_wide<N>(dy + first);
    for (int i = 0; i < N; ++i) v[i] = gradient_of(function, alpha, s[i], v[i]);
    return v;
  }
};

// Two operands, of which b repeats along the leading axes.
template <class T>
struct TwoOperands {
  const T *a, *b;
  std::int64_t period;  // elements of b; a multiple of N, or N is 1
  Binary function;

  template <int N>
  __device__ Vec<float, N> at(std::int64_t first) const {
    auto u = load_wide<N>(a + first);
    const auto v = load_wide<N>(b + first % period);
    for (int i = 0; i < N; ++i) u[i] = value_of(function, u[i], v[i]);
    return u;
  }
};

// Two operands that may repeat along any axes.
template <class T>
struct Broadcast {
  const T *a, *b;
  Binary function;
  int rank;
  std::int64_t extents[kMaxRank];  // the last one is a multiple of N, or N is 1
  std::int64_t a_steps[kMaxRank], b_steps[kMaxRank];

  template <int N>
  __device__ static Vec<float, N> load(const T* from, std::int64_t step) {
    if (step != 0) return load_wide<N>(from);
    Vec<float, N> v;
    for (int i = 0; i < N; ++i) v[i] = widen(*from);
    return v;
  }

  template <int N>
  __device__ Vec<float, N> at(std::int64_t first) const {
    std::int64_t in_a = 0, in_b = 0, a_step = 0, b_step = 0;
    SONOGRAD_UNROLL
    for (int axis = kMaxRank - 1; axis >= 0; --axis) {
      if (axis >= rank) continue;
      if (axis == rank - 1) a_step = a_steps[axis], b_step = b_steps[axis];
      const std::int64_t position = first % extents[axis];
      in_a += position * a_steps[axis];
      in_b += position * b_steps[axis];
      first /= extents[axis];
    }
    auto u = load<N>(a + in_a, a_step);
    const auto v = load<N>(b + in_b, b_step);
    for (int i = 0; i < N; ++i) u[i] = value_of(function, u[i], v[i]);
    return u;
  }
};

template <class T>
void unary_forward(const UnaryProblem& p, const UnaryForward::Args& a) {
  const Forward<T> f = {a.x.data<T>(), p.function, static_cast<float>(p.alpha)};
  launch_elementwise<T>("unary_forward", f, a.y, vector_aligned(f.x));
}

template <class T>
void unary_backward(const UnaryProblem& p, const UnaryBackward::Args& a) {
  const Backward<T> f = {a.saved.data<T>(), a.dy.data<T>(), p.function, static_cast<float>(p.alpha)};
  launch_elementwise<T>("unary_backward", f, a.dx, vector_aligned(f.saved, f.dy));
}

template <class T>
void binary_forward(const BinaryProblem& p, const BinaryForward::Args& args) {
  const T *a = args.a.data<T>(), *b = args.b.data<T>();
  const auto last = static_cast<std::size_t>(p.extents.rank()) - 1;
  const bool vectors = p.extents[-1] % kVectorWidth<T> == 0 && vector_aligned(a, b);
  const bool is_suffix = p.a.numel() == p.y.numel() && p.b_steps[last] == 1 && p.b.numel() == p.extents[-1];
  if (is_suffix) {
    const TwoOperands<T> f = {a, b, p.b.numel(), p.function};
    return launch_elementwise<T>("binary_forward", f, args.y, vectors);
  }
  Broadcast<T> f = {a, b, p.function, p.extents.rank(), {}, {}, {}};
  for (int axis = 0; axis < f.rank; ++axis) {
    const auto i = static_cast<std::size_t>(axis);
    f.extents[i] = p.extents[axis], f.a_steps[i] = p.a_steps[i], f.b_steps[i] = p.b_steps[i];
  }
  launch_elementwise<T>("binary_forward", f, args.y, vectors);
}

}  // namespace

extern const KernelVariant<UnaryForward> unary_forward_vectorized = {
    .name = "vectorized",
    .target = kTarget,
    .why_not = float_or_bf16,
    .run = [](const UnaryProblem& p, const UnaryForward::Args& a, const Context&, Workspace) {
      visit_stored(p.dtype, [&](auto tag) { unary_forward<decltype(tag)>(p, a); });
    }};
extern const KernelVariant<UnaryBackward> unary_backward_vectorized = {
    .name = "vectorized",
    .target = kTarget,
    .why_not = float_or_bf16,
    .run = [](const UnaryProblem& p, const UnaryBackward::Args& a, const Context&, Workspace) {
      visit_stored(p.dtype, [&](auto tag) { unary_backward<decltype(tag)>(p, a); });
    }};
extern const KernelVariant<BinaryForward> binary_forward_vectorized = {
    .name = "vectorized",
    .target = kTarget,
    .why_not = float_or_bf16,
    .run = [](const BinaryProblem& p, const BinaryForward::Args& a, const Context&, Workspace) {
      visit_stored(p.dtype, [&](auto tag) { binary_forward<decltype(tag)>(p, a); });
    }};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
