#include "autograd/ops/pointwise.h"
#include "autograd/tape.h"
#include "kernels/dropout/dropout.h"
#include "kernels/pointwise/pointwise.h"
#include "kernels/reduce/reduce.h"

namespace sonograd {
namespace {

using kernels::Binary;
using kernels::BinaryProblem;
using kernels::Unary;
using kernels::UnaryProblem;

Tensor empty_like(const Variable& x) {
  return Tensor::empty(x.shape(), x.dtype(), x.device());
}

Variable unary(std::string_view name, Unary function, const Variable& x) {
  const UnaryProblem p = {.function = function, .shape = x.shape(), .dtype = x.dtype()};
  const Tensor y = empty_like(x);
  kernels::unary_forward(p, x.data(), set(y));
  const Tensor saved = kernels::saves_output(function) ? y : x.data();
  return record(name, {x}, y, [p, saved](const Tensor& dy, Gradients dx) {
    kernels::unary_backward(p, saved, dy, dx[0].take());
  });
}

// The gradient of the second factor, summed over the axes that it was broadcast over.
void factor_gradient(const Tensor& dy, const Tensor& a, const Out& db) {
  const auto p = BinaryProblem::make(Binary::mul, dy.shape(), a.shape(), dy.dtype());
  if (db.shape() == dy.shape()) return kernels::binary_forward(p, dy, a, db);
  const Tensor products = Tensor::empty(dy.shape(), dy.dtype(), dy.device());
  kernels::binary_forward(p, dy, a, set(products));
  kernels::channel_sum(products, db);
}

}  // namespace

Variable add(const Variable& a, const Variable& b) {
  const auto p = BinaryProblem::make(Binary::add, a.shape(), b.shape(), a.dtype());
  const Tensor y = empty_like(a);
  kernels::binary_forward(p, a.data(), b.data(), set(y));
  return record("add", {a, b}, y, [](const Tensor& dy, Gradients dx) {
    if (dx[0]) kernels::channel_sum(dy, dx[0].take());  // over no axis: a copy
    if (dx[1]) kernels::channel_sum(dy, dx[1].take());
  });
}

Variable mul(const Variable& a, const Variable& b) {
  const auto p = BinaryProblem::make(Binary::mul, a.shape(), b.shape(), a.dtype());
  const Tensor y = empty_like(a);
  kernels::binary_forward(p, a.data(), b.data(), set(y));
  return record("mul", {a, b}, y, [p, a = a.data(), b = b.data()](const Tensor& dy, Gradients dx) {
    if (dx[0]) kernels::binary_forward(p, dy, b, dx[0].take());
    if (dx[1]) factor_gradient(dy, a, dx[1].take());
  });
}

Variable scale(const Variable& x, double alpha) {
  const UnaryProblem p = {Unary::scale, x.shape(), alpha, x.dtype()};
  const Tensor y = empty_like(x);
  kernels::unary_forward(p, x.data(), set(y));
  return record("scale", {x}, y,
                [p](const Tensor& dy, Gradients dx) { kernels::unary_forward(p, dy, dx[0].take()); });
}

Variable relu(const Variable& x) {
  return unary("relu", Unary::relu, x);
}
Variable sigmoid(const Variable& x) {
  return unary("sigmoid", Unary::sigmoid, x);
}
Variable tanh(const Variable& x) {
  return unary("tanh", Unary::tanh, x);
}
Variable gelu(const Variable& x) {
  return unary("gelu", Unary::gelu, x);
}
Variable exp(const Variable& x) {
  return unary("exp", Unary::exp, x);
}
Variable log(const Variable& x) {
  return unary("log", Unary::log, x);
}

Variable dropout(const Variable& x, double p, const RandomKey& key) {
  const auto problem = kernels::DropoutProblem::make(x.shape(), p, key, x.dtype());
  const Tensor y = empty_like(x);
  kernels::dropout(problem, x.data(), set(y));
  return record("dropout", {x}, y,
                [problem](const Tensor& dy, Gradients dx) { kernels::dropout(problem, dy, dx[0].take()); });
}

}  // namespace sonograd
