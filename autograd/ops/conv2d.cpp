#include "autograd/ops/conv2d.h"

#include "autograd/tape.h"
#include "kernels/reduce/reduce.h"

namespace sonograd {

Variable conv2d(const Variable& x, const Variable& weight, const Variable& bias, const Conv2dOptions& options,
                kernels::WeightCache* cache) {
  const auto p = kernels::Conv2dProblem::make(x.shape(), weight.shape(), options, x.dtype());
  const Tensor y = Tensor::empty(p.output_shape(), x.dtype(), x.device());
  kernels::conv2d_forward(p, x.data(), weight.data(), bias.data(), set(y), cache);
  return record_conv2d(p, x, weight, bias, y);
}

Variable record_conv2d(const kernels::Conv2dProblem& p, const Variable& x, const Variable& weight,
                       const Variable& bias, const Tensor& y) {
  return record("conv2d", {x, weight, bias}, y,
                [p, x = x.data(), w = weight.data()](const Tensor& dy, Gradients dx) {
                  if (dx[0]) kernels::conv2d_backward_data(p, dy, w, dx[0].take());
                  if (dx[1]) kernels::conv2d_backward_weight(p, x, dy, dx[1].take());
                  if (dx[2]) kernels::channel_sum(dy, dx[2].take());
                });
}

}  // namespace sonograd
