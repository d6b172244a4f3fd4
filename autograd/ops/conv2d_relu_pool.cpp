#include "autograd/ops/conv2d_relu_pool.h"

#include "autograd/ops/pointwise.h"
#include "autograd/ops/pool.h"
#include "autograd/tape.h"
#include "kernels/fused/conv2d_relu_pool/conv2d_relu_pool.h"

namespace sonograd {
namespace {

Variable fused(const Variable& x, const Variable& weight, const Variable& bias, const Conv2dOptions& options,
               kernels::Pair pool, bool rectify, kernels::WeightCache* cache) {
  const auto p =
      kernels::Conv2dReluPoolProblem::make(x.shape(), weight.shape(), options, pool, x.dtype(), rectify);
  const Tensor y = Tensor::empty(p.output_shape(), x.dtype(), x.device());
  kernels::conv2d_relu_pool(p, x.data(), weight.data(), bias.data(), set(y), cache);
  return Variable(y);
}

}  // namespace

Variable conv2d_relu_pool(const Variable& x, const Variable& weight, const Variable& bias,
                          const Conv2dOptions& options, kernels::Pair pool, kernels::WeightCache* cache) {
  if (NoGrad::active()) return fused(x, weight, bias, options, pool, true, cache);
  return relu(max_pool2d(conv2d(x, weight, bias, options), pool));
}

Variable conv2d_max_pool(const Variable& x, const Variable& weight, const Variable& bias,
                         const Conv2dOptions& options, kernels::Pair pool, kernels::WeightCache* cache) {
  if (NoGrad::active()) return fused(x, weight, bias, options, pool, false, cache);
  return max_pool2d(conv2d(x, weight, bias, options), pool);
}

}  // namespace sonograd
