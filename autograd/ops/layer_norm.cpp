#include "autograd/ops/layer_norm.h"

#include "autograd/tape.h"
#include "kernels/core/stored.h"
#include "kernels/layer_norm/layer_norm.h"
#include "kernels/reduce/reduce.h"

namespace sonograd {

Variable layer_norm(const Variable& x, const Variable& weight, const Variable& bias, double eps) {
  const auto p = kernels::LayerNormProblem::make(x.shape(), eps, x.dtype());
  const Tensor y = Tensor::empty(p.shape, x.dtype(), x.device());
  const DType statistics = kernels::computed_dtype(x.dtype());
  const Tensor mean = Tensor::empty(p.rows_shape, statistics, x.device());
  const Tensor inv_std = Tensor::empty(p.rows_shape, statistics, x.device());
  kernels::layer_norm_forward(p, x.data(), weight.data(), bias.data(), set(y), mean, inv_std);
  return record("layer_norm", {x, weight, bias}, y,
                [p, x = x.data(), w = weight.data(), mean, inv_std](const Tensor& dy, Gradients dx) {
                  if (dx[0]) kernels::layer_norm_backward_data(p, x, w, mean, inv_std, dy, dx[0].take());
                  if (dx[1]) kernels::layer_norm_backward_weight(p, x, mean, inv_std, dy, dx[1].take());
                  if (dx[2]) kernels::channel_sum(dy, dx[2].take());
                });
}

}  // namespace sonograd
