#include "autograd/ops/conv2d_relu_pool.h"

#include "autograd/ops/pointwise.h"
#include "autograd/ops/pool.h"
#include "autograd/tape.h"
#include "kernels/fused/conv2d_relu_pool/conv2d_relu_pool.h"

namespace sonograd {

Variable conv2d_relu_pool(const Variable& x, const Variable& weight, const Variable& bias,
                          const Conv2dOptions& options, kernels::Pair pool, kernels::WeightCache* cache) {
  if (!NoGrad::active()) return relu(max_pool2d(conv2d(x, weight, bias, options), pool));
  const auto p = kernels::Conv2dReluPoolProblem::make(x.shape(), weight.shape(), options, pool, x.dtype());
  const Tensor y = Tensor::empty(p.output_shape(), x.dtype(), x.device());
  kernels::conv2d_relu_pool(p, x.data(), weight.data(), bias.data(), set(y), cache);
  return Variable(y);
}

}  // namespace sonograd
