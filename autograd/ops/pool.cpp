#include "autograd/ops/pool.h"

#include "autograd/tape.h"
#include "kernels/pool/pool.h"

namespace sonograd {
namespace {

using kernels::Pair;
using kernels::PoolProblem;

Variable max_pool(const Variable& x, Pair kernel, Pair stride) {
  const auto p = PoolProblem::make(x.shape(), kernel, stride, x.dtype());
  const Tensor y = Tensor::empty(p.output_shape(), x.dtype(), x.device());
  const bool saves = x.requires_grad() && !NoGrad::active();
  const Tensor index = saves ? Tensor::empty(p.output_shape(), p.index_dtype(), x.device()) : Tensor();
  kernels::max_pool_forward(p, x.data(), set(y), saves ? index.view() : View());
  return record("max_pool", {x}, y, [p, index](const Tensor& dy, Gradients dx) {
    if (dx[0]) kernels::max_pool_backward(p, dy, index, dx[0].take());
  });
}

Variable avg_pool(const Variable& x, Pair kernel, Pair stride) {
  const auto p = PoolProblem::make(x.shape(), kernel, stride, x.dtype());
  const Tensor y = Tensor::empty(p.output_shape(), x.dtype(), x.device());
  kernels::avg_pool_forward(p, x.data(), set(y));
  return record("avg_pool", {x}, y, [p](const Tensor& dy, Gradients dx) {
    if (dx[0]) kernels::avg_pool_backward(p, dy, dx[0].take());
  });
}

}  // namespace

Variable max_pool2d(const Variable& x, Pair kernel) {
  return max_pool(x, kernel, kernel);
}
Variable max_pool2d(const Variable& x, Pair kernel, Pair stride) {
  return max_pool(x, kernel, stride);
}
Variable avg_pool2d(const Variable& x, Pair kernel) {
  return avg_pool(x, kernel, kernel);
}
Variable avg_pool2d(const Variable& x, Pair kernel, Pair stride) {
  return avg_pool(x, kernel, stride);
}

Variable max_pool1d(const Variable& x, std::int64_t kernel) {
  return max_pool1d(x, kernel, kernel);
}
Variable max_pool1d(const Variable& x, std::int64_t kernel, std::int64_t stride) {
  return max_pool(x, {kernel, 1}, {stride, 1});
}
Variable avg_pool1d(const Variable& x, std::int64_t kernel) {
  return avg_pool1d(x, kernel, kernel);
}
Variable avg_pool1d(const Variable& x, std::int64_t kernel, std::int64_t stride) {
  return avg_pool(x, {kernel, 1}, {stride, 1});
}

}  // namespace sonograd
