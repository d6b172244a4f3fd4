// Elementwise functions, four neighbouring elements per thread.
//
// One kernel for all of them (kernels/simt/elementwise.h). Traffic: each tensor once, which is also what limits it.
#include <cmath>
#include <numbers>

#include "kernels/core/reference.h"
#include "kernels/pointwise/pointwise.h"
#include "kernels/simt/elementwise.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

__device__ float normal_distribution(float x) {
  return 0.5f * std::erfc(-x / std::numbers::sqrt2_v<float>);
}
__device__ float normal_density(float x) {
  return std::exp(-0.5f * x * x) * 0.398942280f;  // 1 / sqrt(2 pi)
}

__device__ float value_of(Unary function, float alpha, float x) {
  switch (function) {
    case Unary::relu:
      return x < 0 ? 0 : x;
    case Unary::sigmoid:
      return 1 / (1 + std::exp(-x));
    case Unary::tanh:
      return std::tanh(x);
    case Unary::gelu:
      return x * normal_distribution(x);
    case Unary::exp:
      return std::exp(x);
    case Unary::log:
      return std::log(x);
    case Unary::scale:
      return alpha * x;
  }
  return 0;
}

__device__ float derivative_of(Unary function, float alpha, float saved) {
  switch (function) {
    case Unary::relu:
      return saved > 0 ? 1 : 0;
    case Unary::sigmoid:
      return saved * (1 - saved);
    case Unary::tanh:
      return 1 - saved * saved;
    case Unary::gelu:
      return normal_distribution(saved) + saved * normal_density(saved);
    case Unary::exp:
      return saved;
    case Unary::log:
      return 1 / saved;
    case Unary::scale:
      return alpha;
  }
  return 0;
}

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
    for (int i = 0; i < N; ++i) v[i] *= derivative_of(function, alpha, s[i]);
    return v;
  }
};

struct TwoOperands {
  const float *a, *b;
  std::int64_t period;  // b repeats; a multiple of N, or N is 1
  Binary function;

  template <int N>
  __device__ Vec<float, N> at(std::int64_t first) const {
    auto u = load_vec<N>(a + first);
    const auto v = load_vec<N>(b + first % period);
    for (int i = 0; i < N; ++i) u[i] = function == Binary::add ? u[i] + v[i] : u[i] * v[i];
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
  const TwoOperands f = {args.a.data<float>(), args.b.data<float>(), p.b.numel(), p.function};
  launch_elementwise("binary_forward", f, args.y,
                     f.period % kVectorWidth<float> == 0 && vector_aligned(f.a, f.b));
}

}  // namespace

extern const KernelVariant<UnaryForward> unary_forward_vectorized = {
    .name = "vectorized", .target = kTarget, .why_not = float_only, .run = unary_forward};
extern const KernelVariant<UnaryBackward> unary_backward_vectorized = {
    .name = "vectorized", .target = kTarget, .why_not = float_only, .run = unary_backward};
extern const KernelVariant<BinaryForward> binary_forward_vectorized = {
    .name = "vectorized", .target = kTarget, .why_not = float_only, .run = binary_forward};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
