#include "autograd/ops/binary.h"

#include "autograd/tape.h"
#include "kernels/core/zero.h"
#include "kernels/pointwise/pointwise.h"
#include "kernels/reduce/reduce.h"

namespace sonograd {
namespace {

using kernels::Binary;
using kernels::BinaryProblem;
using kernels::ReduceProblem;

void compute(Binary function, const Tensor& a, const Tensor& b, const Out& y) {
  kernels::binary_forward(BinaryProblem::make(function, a.shape(), b.shape(), a.dtype()), a, b, y);
}

Tensor computed(Binary function, const Tensor& a, const Tensor& b) {
  const Tensor y =
      Tensor::empty(kernels::broadcast(name_of(function), a.shape(), b.shape()), a.dtype(), a.device());
  compute(function, a, b, set(y));
  return y;
}

// to (= or +=) factor * x, summed over the axes along which an operand of that shape repeats: one group of neighbouring axes
// at a time, the last group first, because reductions are fast over contiguous axes.
void sum_to(Tensor x, const Out& to, double factor = 1) {
  if (x.numel() == 0) return kernels::write_zero(to);
  const Shape whole = x.shape(), part = to.shape();
  const auto repeats = [&](int axis) {
    const int own = axis - whole.rank() + part.rank();
    return whole[axis] != 1 && (own < 0 || part[own] == 1);
  };
  int first = 0, axis = whole.rank() - 1;
  while (first < whole.rank() && !repeats(first)) ++first;
  std::int64_t inner = 1, outer = x.numel();
  while (axis >= first) {
    std::int64_t count = 1;
    for (; !repeats(axis); --axis) inner *= whole[axis];
    for (; axis >= first && (repeats(axis) || whole[axis] == 1); --axis) count *= whole[axis];
    outer = x.numel() / (count * inner);
    const auto p = ReduceProblem::make({outer, count, inner}, std::array{1}, false, x.dtype());
    if (axis < first) return kernels::reduce_sum(p, x.reshape(p.input), to.reshape(p.output), factor);
    const Tensor sums = Tensor::empty(p.output, x.dtype(), x.device());
    kernels::reduce_sum(p, x.reshape(p.input), set(sums));
    x = sums;
  }
  const auto copy = ReduceProblem::make({1, x.numel()}, std::array{0}, false, x.dtype());
  kernels::reduce_sum(copy, x.reshape(copy.input), to.reshape(copy.output), factor);
}

// to (= or +=) factor * f(a, b), summed likewise.
void sum_to(Binary function, const Tensor& a, const Tensor& b, const Out& to, double factor = 1) {
  if (factor == 1 && to.shape() == kernels::broadcast(name_of(function), a.shape(), b.shape())) {
    return compute(function, a, b, to);
  }
  sum_to(computed(function, a, b), to, factor);
}

}  // namespace

Variable add(const Variable& a, const Variable& b) {
  return record("add", {a, b}, computed(Binary::add, a.data(), b.data()), [](const Tensor& dy, Gradients dx) {
    if (dx[0]) sum_to(dy, dx[0].take());
    if (dx[1]) sum_to(dy, dx[1].take());
  });
}

Variable sub(const Variable& a, const Variable& b) {
  return record("sub", {a, b}, computed(Binary::sub, a.data(), b.data()), [](const Tensor& dy, Gradients dx) {
    if (dx[0]) sum_to(dy, dx[0].take());
    if (dx[1]) sum_to(dy, dx[1].take(), -1);
  });
}

Variable mul(const Variable& a, const Variable& b) {
  return record("mul", {a, b}, computed(Binary::mul, a.data(), b.data()),
                [a = a.data(), b = b.data()](const Tensor& dy, Gradients dx) {
                  if (dx[0]) sum_to(Binary::mul, dy, b, dx[0].take());
                  if (dx[1]) sum_to(Binary::mul, dy, a, dx[1].take());
                });
}

Variable div(const Variable& a, const Variable& b) {
  const Tensor y = computed(Binary::div, a.data(), b.data());
  return record("div", {a, b}, y, [y, b = b.data()](const Tensor& dy, Gradients dx) {
    if (dx[0]) sum_to(Binary::div, dy, b, dx[0].take());
    if (dx[1]) sum_to(Binary::div, computed(Binary::mul, dy, y), b, dx[1].take(), -1);  // -dy a / b^2
  });
}

}  // namespace sonograd
