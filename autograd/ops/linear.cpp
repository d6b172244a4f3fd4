#include "autograd/ops/linear.h"

#include "autograd/tape.h"
#include "kernels/gemm/gemm.h"
#include "kernels/reduce/reduce.h"

namespace sonograd {

using kernels::gemm;

Variable linear(const Variable& x, const Variable& weight, const Variable& bias) {
  if (x.shape().rank() < 1 || weight.shape().rank() != 2 || weight.shape()[1] != x.shape()[-1]) {
    throw ShapeError(concat("[linear] weight expects [out, in] with the last extent of x; x ", x.shape(),
                            ", weight ", weight.shape()));
  }
  const auto [out_features, in_features] = std::array{weight.shape()[0], weight.shape()[1]};
  const std::int64_t count = Shape(std::span(x.shape().begin(), x.shape().end() - 1)).numel();
  const Shape x_rows = {count, in_features}, y_rows = {count, out_features};
  const Tensor y = Tensor::empty(x.shape().with(-1, out_features), x.dtype(), x.device());
  gemm(x.data().view().reshape(x_rows), weight.data(), set(y.view().reshape(y_rows)), {.transpose_b = true},
       {.bias = bias.data()});
  return record("linear", {x, weight, bias}, y,
                [x_rows, y_rows, x = x.data(), w = weight.data()](const Tensor& dy, Gradients dx) {
                  const View dy_rows = dy.view().reshape(y_rows);
                  if (dx[0]) gemm(dy_rows, w, dx[0].take().reshape(x_rows));
                  if (dx[1]) gemm(dy_rows, x.view().reshape(x_rows), dx[1].take(), {.transpose_a = true});
                  if (dx[2]) kernels::channel_sum(dy, dx[2].take());
                });
}

}  // namespace sonograd
