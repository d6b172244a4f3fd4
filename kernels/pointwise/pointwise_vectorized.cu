// Elementwise functions, four neighbouring elements per thread.
//
// One kernel for all of them (kernels/simt/elementwise.h). Traffic: each tensor once, which is also what limits it; operands
// that repeat come from the caches.
#include "kernels/core/reference.h"
#include "kernels/pointwise/pointwise.cuh"
#include "kernels/pointwise/pointwise.h"
#include "kernels/simt/elementwise.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

// Functors: elements `first` to `first + N` of the result.
struct Forward {
  const float* x;
  Unary function;
  float alpha;

  template <int N>
  __device__ Vec<float, N> at(std::int64_t first) const {
    auto v = load_vec<N>(x + first);
    for (int i = 0; i < N; ++i) v[i] = value_of(function, alpha, v[i]);
    return v;
  }
};

struct Backward {
  const float *saved, *dy;
  Unary function;
  float alpha;

  template <int N>
  __device__ Vec<float, N> at(std::int64_t first) const {
    const auto s = load_vec<N>(saved + first);
    auto v = load_vec<N>(dy + first);
    for (int i = 0; i < N; ++i) v[i] = gradient_of(function, alpha, s[i], v[i]);
    return v;
  }
};

// All of a, and b from its start again and again.
struct TwoOperands {
  const float *a, *b;
  std::int64_t period;  // b repeats; a multiple of N, or N is 1
  Binary function;

  template <int N>
  __device__ Vec<float, N> at(std::int64_t first) const {
    auto u = load_vec<N>(a + first);
    const auto v = load_vec<N>(b + first % period);
    for (int i = 0; i < N; ++i) u[i] = value_of(function, u[i], v[i]);
    return u;
  }
};

// Either operand repeats along any axes.
struct Broadcast {
  const float *a, *b;
  Binary function;
  int rank;
  std::int64_t extents[kMaxRank];  // the last one a multiple of N, or N is 1
  std::int64_t a_steps[kMaxRank], b_steps[kMaxRank];

  template <int N>
  __device__ static Vec<float, N> load(const float* from, std::int64_t step) {
    if (step != 0) return load_vec<N>(from);
    Vec<float, N> v;
    for (int i = 0; i < N; ++i) v[i] = *from;
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

void unary_forward(const UnaryProblem& p, const UnaryForward::Args& a, const Context&, Workspace) {
  const Forward f = {a.x.data<float>(), p.function, static_cast<float>(p.alpha)};
  launch_elementwise("unary_forward", f, a.y, vector_aligned(f.x));
}

void unary_backward(const UnaryProblem& p, const UnaryBackward::Args& a, const Context&, Workspace) {
  const Backward f = {a.saved.data<float>(), a.dy.data<float>(), p.function, static_cast<float>(p.alpha)};
  launch_elementwise("unary_backward", f, a.dx, vector_aligned(f.saved, f.dy));
}

void binary_forward(const BinaryProblem& p, const BinaryForward::Args& args, const Context&, Workspace) {
  const float *a = args.a.data<float>(), *b = args.b.data<float>();
  const auto last = static_cast<std::size_t>(p.extents.rank()) - 1;
  const bool vectors = p.extents[-1] % kVectorWidth<float> == 0 && vector_aligned(a, b);
  const bool is_suffix = p.a.numel() == p.y.numel() && p.b_steps[last] == 1 && p.b.numel() == p.extents[-1];
  if (is_suffix) {
    return launch_elementwise("binary_forward", TwoOperands{a, b, p.b.numel(), p.function}, args.y, vectors);
  }
  Broadcast f = {a, b, p.function, p.extents.rank(), {}, {}, {}};
  for (int axis = 0; axis < f.rank; ++axis) {
    const auto i = static_cast<std::size_t>(axis);
    f.extents[i] = p.extents[axis], f.a_steps[i] = p.a_steps[i], f.b_steps[i] = p.b_steps[i];
  }
  launch_elementwise("binary_forward", f, args.y, vectors);
}

}  // namespace

extern const KernelVariant<UnaryForward> unary_forward_vectorized = {
    .name = "vectorized", .target = kTarget, .why_not = float_only, .run = unary_forward};
extern const KernelVariant<UnaryBackward> unary_backward_vectorized = {
    .name = "vectorized", .target = kTarget, .why_not = float_only, .run = unary_backward};
extern const KernelVariant<BinaryForward> binary_forward_vectorized = {
    .name = "vectorized", .target = kTarget, .why_not = float_only, .run = binary_forward};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
