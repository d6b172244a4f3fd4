#include "autograd/ops/linear.h"
#include "autograd/tape.h"
#include "kernels/reduce/reduce.h"

namespace sonograd {

using kernels::gemm;

Variable linear(const Variable& x, const Variable& weight, const Variable& bias) {
  if (x.shape().rank() < 1 || weight.shape().rank() != 2 || weight.shape()[1] != x.shape()[-1]) {
    throw ShapeError(concat("[linear] weight wants [out, in] with the last extent of x; x ", x.shape(),
                            ", weight ", weight.shape()));
  }
  const auto [out_features, in_features] = std::array{weight.shape()[0], weight.shape()[1]};
  const std::int64_t count = x.data().numel() / std::max<std::int64_t>(1, in_features);
  const Shape x_rows = {count, in_features}, y_rows = {count, out_features};
  const Tensor y = Tensor::empty(x.shape().with(-1, out_features), x.dtype(), x.device());
  const Out rows = set(y.view().reshape(y_rows));
  if (bias.defined()) {  // every row starts as the bias
    kernels::reduce_sum_backward(kernels::ReduceProblem::make(y_rows, std::array{0}, false, x.dtype()),
                                 bias.data(), rows);
  }
  gemm(x.data().view().reshape(x_rows), weight.data(), bias.defined() ? add_to(rows.view) : rows,
       {.transpose_b = true});
  return record("linear", {x, weight, bias}, y,
                [x_rows, y_rows, x = x.data(), w = weight.data()](const Tensor& dy, Gradients dx) {
                  const View dy_rows = dy.view().reshape(y_rows);
                  if (dx[0]) gemm(dy_rows, w, dx[0].take().reshape(x_rows));
                  if (dx[1]) gemm(dy_rows, x.view().reshape(x_rows), dx[1].take(), {.transpose_a = true});
                  if (dx[2]) kernels::channel_sum(dy, dx[2].take());
                });
}

Variable matmul(const Variable& a, const Variable& b, const GemmOptions& options) {
  const auto p = kernels::GemmProblem::make(a.shape(), b.shape(), options, a.dtype());
  const Tensor c = Tensor::empty(p.c, a.dtype(), a.device());
  gemm(p, a.data(), b.data(), set(c));
  // d op(A) = dC op(B)^T and d op(B) = op(A)^T dC; the transpose of either product for a transposed operand.
  return record("matmul", {a, b}, c, [options, a = a.data(), b = b.data()](const Tensor& dc, Gradients dx) {
    const auto [ta, tb] = options;
    if (dx[0]) ta ? gemm(b, dc, dx[0].take(), {tb, true}) : gemm(dc, b, dx[0].take(), {false, !tb});
    if (dx[1]) tb ? gemm(dc, a, dx[1].take(), {true, ta}) : gemm(a, dc, dx[1].take(), {!ta, false});
  });
}

}  // namespace sonograd
