#include "autograd/ops/softmax.h"

#include "autograd/tape.h"
#include "kernels/softmax/softmax.h"

namespace sonograd {
namespace {

Variable softmax(std::string_view name, const Variable& x, bool log) {
  const auto p = kernels::SoftmaxProblem::make(x.shape(), log, x.dtype());
  const Tensor y = Tensor::empty(p.shape, x.dtype(), x.device());
  kernels::softmax_forward(p, x.data(), set(y));
  return record(name, {x}, y, [p, y](const Tensor& dy, Gradients dx) {
    kernels::softmax_backward(p, y, dy, dx[0].take());
  });
}

}  // namespace

Variable softmax(const Variable& x) {
  return softmax("softmax", x, false);
}
Variable log_softmax(const Variable& x) {
  return softmax("log_softmax", x, true);
}

}  // namespace sonograd
