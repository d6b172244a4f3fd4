#include "autograd/ops/reduce.h"

#include "autograd/tape.h"
#include "kernels/reduce/reduce.h"

namespace sonograd {
namespace {

using kernels::ReduceProblem;

Variable scaled_sum(std::string_view name, const Variable& x, const ReduceProblem& p, double factor) {
  const Tensor y = Tensor::empty(p.output, x.dtype(), x.device());
  kernels::reduce_sum(p, x.data(), set(y), factor);
  return record(name, {x}, y, [p, factor](const Tensor& dy, Gradients dx) {
    kernels::reduce_sum_backward(p, dy, dx[0].take(), factor);
  });
}

}  // namespace

Variable sum(const Variable& x, const std::vector<int>& axes, bool keep_dims) {
  return scaled_sum("sum", x, ReduceProblem::make(x.shape(), axes, keep_dims, x.dtype()), 1);
}

Variable mean(const Variable& x, const std::vector<int>& axes, bool keep_dims) {
  const auto p = ReduceProblem::make(x.shape(), axes, keep_dims, x.dtype());
  if (p.count == 0) throw ShapeError(concat("[mean] expects at least one element to reduce; x ", x.shape()));
  return scaled_sum("mean", x, p, 1.0 / static_cast<double>(p.count));
}

Variable max(const Variable& x, const std::vector<int>& axes, bool keep_dims) {
  const auto p = ReduceProblem::make(x.shape(), axes, keep_dims, x.dtype());
  const Tensor y = Tensor::empty(p.output, x.dtype(), x.device());
  const Tensor index = Tensor::empty(p.output, DType::i32, x.device());
  kernels::reduce_max(p, x.data(), set(y), index);
  return record("max", {x}, y, [p, index](const Tensor& dy, Gradients dx) {
    kernels::reduce_max_backward(p, dy, index, dx[0].take());
  });
}

}  // namespace sonograd
