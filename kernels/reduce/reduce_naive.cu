// One thread per element of y, for any set of axes.
//
// A thread reads the elements that are reduced to its own, or writes their gradients. Traffic: each tensor once, in whole
// cache lines where the last axis is kept. Limits: few threads when few elements are kept, and strided accesses when the
// last axis is reduced.
#include "kernels/core/reference.h"
#include "kernels/reduce/reduce.h"
#include "kernels/simt/simt.h"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 128;

// Some axes of x; `offset(i)` is that of their i-th position in row-major order.
struct Axes {
  std::int64_t extents[kMaxRank], steps[kMaxRank];
  int rank;

  __device__ std::int64_t offset(std::int64_t i) const {
    std::int64_t sum = 0;
    for (int axis = rank - 1; axis >= 0; --axis) {
      sum += i % extents[axis] * steps[axis];
      i /= extents[axis];
    }
    return sum;
  }
};

Axes axes_of(const ReduceProblem& p, bool reduced) {
  Axes axes{};
  const Strides strides = dense_strides(p.input);
  for (int axis = 0; axis < p.input.rank(); ++axis) {
    const auto a = static_cast<std::size_t>(axis);
    if (p.reduced[a] != reduced) continue;
    axes.extents[axes.rank] = p.input[axis];
    axes.steps[axes.rank++] = strides[a];
  }
  return axes;
}

// `whole` has the elements of x or dx, `part` those of y or dy.
template <class Whole, class Part>
struct Params {
  Whole* whole;
  Part* part;
  std::int32_t* index;
  Axes kept, reduced;
  std::int64_t count, outputs;  // elements that are reduced to one; number of these
  float factor;
  bool add;
};

template <class Whole, class Part>
Params<Whole, Part> params_of(const ReduceProblem& p, Whole* whole, Part* part, std::int32_t* index,
                              double factor, bool add) {
  return {whole,
          part,
          index,
          axes_of(p, false),
          axes_of(p, true),
          p.count,
          p.output.numel(),
          static_cast<float>(factor),
          add};
}

__device__ std::int64_t this_output() {
  return std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
}

template <class T, class Y>
SONOGRAD_KERNEL(kThreads, sum_kernel, Params<const T, Y> p) {
  const std::int64_t output = this_output();
  if (output >= p.outputs) return;
  const T* x = p.whole + p.kept.offset(output);
  float sum = 0;
  for (std::int64_t i = 0; i < p.count; ++i) sum += widen(x[p.reduced.offset(i)]);
  write(p.part[output], p.factor * sum, p.add);
}

template <class T>
SONOGRAD_KERNEL(kThreads, sum_backward_kernel, Params<T, const T> p) {
  const std::int64_t output = this_output();
  if (output >= p.outputs) return;
  T* dx = p.whole + p.kept.offset(output);
  const float dy = p.factor * widen(p.part[output]);
  for (std::int64_t i = 0; i < p.count; ++i) write(dx[p.reduced.offset(i)], dy, p.add);
}

template <class T>
SONOGRAD_KERNEL(kThreads, max_kernel, Params<const T, T> p) {
  const std::int64_t output = this_output();
  if (output >= p.outputs) return;
  const T* x = p.whole + p.kept.offset(output);
  float best = widen(x[0]);
  std::int64_t where = 0;
  for (std::int64_t i = 1; i < p.count; ++i) {
    const float value = widen(x[p.reduced.offset(i)]);
    if (value > best || (value != value && best == best)) best = value, where = i;
  }
  write(p.part[output], best, p.add);
  p.index[output] = static_cast<std::int32_t>(where);
}

template <class T>
SONOGRAD_KERNEL(kThreads, max_backward_kernel, Params<T, const T> p) {
  const std::int64_t output = this_output();
  if (output >= p.outputs) return;
  T* dx = p.whole + p.kept.offset(output);
  for (std::int64_t i = 0; i < p.count; ++i) {
    write(dx[p.reduced.offset(i)], i == p.index[output] ? widen(p.part[output]) : 0.0f, p.add);
  }
}

Grid grid_of(const ReduceProblem& p) {
  return {{blocks_for(p.output.numel(), kThreads)}, {kThreads}};
}

void sum(const ReduceProblem& p, const ReduceSum::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto x) {
    visit_stored(p.y_dtype, [&](auto y) {
      using T = decltype(x);
      using Y = decltype(y);
      launch("reduce_sum_naive", sum_kernel<T, Y>, grid_of(p),
             params_of<const T>(p, a.x.data<T>(), a.y.data<Y>(), nullptr, a.factor, a.y.adds()));
    });
  });
}
void sum_backward(const ReduceProblem& p, const ReduceSumBackward::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    launch("reduce_sum_backward_naive", sum_backward_kernel<T>, grid_of(p),
           params_of<T, const T>(p, a.dx.data<T>(), a.dy.data<T>(), nullptr, a.factor, a.dx.adds()));
  });
}
void max(const ReduceProblem& p, const ReduceMax::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    launch("reduce_max_naive", max_kernel<T>, grid_of(p),
           params_of<const T>(p, a.x.data<T>(), a.y.data<T>(), a.index.data<std::int32_t>(), 1, a.y.adds()));
  });
}
void max_backward(const ReduceProblem& p, const ReduceMaxBackward::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    launch("reduce_max_backward_naive", max_backward_kernel<T>, grid_of(p),
           params_of<T, const T>(p, a.dx.data<T>(), a.dy.data<T>(), a.index.data<std::int32_t>(), 1,
                                 a.dx.adds()));
  });
}

}  // namespace

extern const KernelVariant<ReduceSum> reduce_sum_naive = {
    .name = "naive", .target = kTarget, .why_not = float_or_bf16, .run = sum};
extern const KernelVariant<ReduceSumBackward> reduce_sum_backward_naive = {
    .name = "naive", .target = kTarget, .why_not = float_or_bf16, .run = sum_backward};
extern const KernelVariant<ReduceMax> reduce_max_naive = {
    .name = "naive", .target = kTarget, .why_not = float_or_bf16, .run = max};
extern const KernelVariant<ReduceMaxBackward> reduce_max_backward_naive = {
    .name = "naive", .target = kTarget, .why_not = float_or_bf16, .run = max_backward};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
