#include "autograd/ops/bn_relu_pool.h"

#include "autograd/tape.h"
#include "kernels/batch_norm/batch_norm.h"
#include "kernels/fused/bn_relu_pool/bn_relu_pool.h"

namespace sonograd {

Variable bn_relu_pool(const Variable& x, const Variable& weight, const Variable& bias,
                      const Tensor& running_mean, const Tensor& running_var, kernels::Pair pool,
                      double momentum, double eps) {
  const auto norm = kernels::BatchNormProblem::make(x.shape(), x.dtype());
  const auto p = kernels::BnReluPoolProblem::make(x.shape(), pool, x.dtype());
  const Tensor mean = Tensor::empty({p.channels}, x.dtype(), x.device());
  const Tensor inv_std = Tensor::empty({p.channels}, x.dtype(), x.device());
  kernels::batch_norm_statistics(norm, x.data(), eps, mean, inv_std, {running_mean, running_var, momentum});
  const Tensor y = Tensor::empty(p.output_shape(), x.dtype(), x.device());
  const Tensor index = Tensor::empty(p.output_shape(), DType::u8, x.device());
  kernels::bn_relu_pool_forward(p, x.data(), mean, inv_std, weight.data(), bias.data(), set(y), index);
  return record("bn_relu_pool", {x, weight, bias}, y,
                [p, index, mean, inv_std, x = x.data(), w = weight.data()](const Tensor& dy, Gradients dx) {
                  kernels::bn_relu_pool_backward(p, x, dy, index, mean, inv_std, w, dx[0], dx[1], dx[2]);
                });
}

}  // namespace sonograd
