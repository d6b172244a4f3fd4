#include "autograd/ops/pointwise.h"

#include "autograd/tape.h"
#include "kernels/dropout/dropout.h"
#include "kernels/pointwise/pointwise.h"

namespace sonograd {
namespace {

Tensor empty_like(const Variable& x) {
  return Tensor::empty(x.shape(), x.dtype(), x.device());
}

}  // namespace

Variable unary(kernels::Unary f, const Variable& x, double alpha) {
  const kernels::UnaryProblem p = {f, x.shape(), alpha, x.dtype()};
  const Tensor y = empty_like(x);
  kernels::unary_forward(p, x.data(), set(y));
  const kernels::Saves saves = kernels::saved_by(f);
  const Tensor saved = saves == kernels::Saves::output     ? y
                       : saves == kernels::Saves::argument ? x.data()
                                                           : Tensor();
  return record(name_of(f), {x}, y, [p, saved](const Tensor& dy, Gradients dx) {
    kernels::unary_backward(p, saved.defined() ? saved : dy, dy, dx[0].take());
  });
}

Variable dropout(const Variable& x, double p, const RandomKey& key) {
  const auto problem = kernels::DropoutProblem::make(x.shape(), p, key, x.dtype());
  const Tensor y = empty_like(x);
  kernels::dropout(problem, x.data(), set(y));
  return record("dropout", {x}, y,
                [problem](const Tensor& dy, Gradients dx) { kernels::dropout(problem, dy, dx[0].take()); });
}

}  // namespace sonograd
