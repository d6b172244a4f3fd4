#include "autograd/ops/bn_relu_pool.h"

#include "autograd/tape.h"
#include "kernels/fused/bn_relu_pool/bn_relu_pool.h"

namespace sonograd {

Variable bn_relu_pool(const Variable& x, const BatchStatistics& statistics, const Variable& weight,
                      const Variable& bias, kernels::Pair pool) {
  const auto p = kernels::BnReluPoolProblem::make(x.shape(), pool, x.dtype());
  const Tensor y = Tensor::empty(p.output_shape(), x.dtype(), x.device());
  const Tensor index = Tensor::empty(p.output_shape(), DType::u8, x.device());
  kernels::bn_relu_pool_forward(p, x.data(), statistics.mean, statistics.inv_std, weight.data(), bias.data(),
                                set(y), index);
  return record("bn_relu_pool", {x, weight, bias}, y,
                [p, index, statistics, x = x.data(), w = weight.data()](const Tensor& dy, Gradients dx) {
                  kernels::bn_relu_pool_backward(p, x, dy, index, statistics.mean, statistics.inv_std, w,
                                                 dx[0].take(), dx[1].take(), dx[2].take());
                });
}

}  // namespace sonograd
