#include "kernels/fused/conv2d_relu_pool/conv2d_relu_pool.h"

#include "kernels/copy/float32_operands.h"
#include "kernels/core/check.h"
#include "kernels/core/composed.h"
#include "kernels/core/select.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<Conv2dReluPool> conv2d_relu_pool_strips, conv2d_relu_pool_many_taps;
}  // namespace cpu

namespace {

// True when `composed` works on float32 copies. A map that is rounded to bf16 has the same maxima as if these were rounded,
// so copies are needed only where the maxima are accumulated.
bool by_float32(const Conv2dReluPoolProblem& p, const Conv2dReluPool::Args& a) {
  return p.dtype == DType::bf16 && a.y.adds();
}

Conv2dReluPoolProblem in_dtype(Conv2dReluPoolProblem p, DType dtype) {
  p.dtype = p.conv.dtype = p.pool.dtype = dtype;
  return p;
}

void convolve_and_pool(const Conv2dReluPoolProblem& p, const Conv2dReluPool::Args& a, Workspace& workspace) {
  const View map = workspace.take(p.conv.output_shape(), p.dtype, a.x.device);
  conv2d_forward(p.conv, a.x, a.weight, a.bias, set(map), a.cache);
  max_pool_forward(p.pool, map, a.y);
}

// The plain kernels one after the other.
constexpr EveryDevice<Conv2dReluPool> kComposed({
    .name = "composed",
    .workspace =
        [](const Conv2dReluPoolProblem& p, const Conv2dReluPool::Args& a, const Context&) {
          if (!by_float32(p, a)) return Workspace::bytes(p.conv.output_shape(), p.dtype);
          return float32_copy_bytes(p.conv.input_shape(), p.dtype) +
                 float32_copy_bytes(p.conv.weight_shape(), p.dtype) +
                 float32_copy_bytes({p.conv.out_channels}, p.dtype) +
                 float32_copy_bytes(p.conv.output_shape(), p.dtype) +
                 float32_copy_bytes(p.output_shape(), p.dtype);
        },
    .run =
        [](const Conv2dReluPoolProblem& p, const Conv2dReluPool::Args& a, const Context&,
           Workspace workspace) {
          if (!by_float32(p, a)) return convolve_and_pool(p, a, workspace);
          const View x = in_float32(a.x, workspace), weight = in_float32(a.weight, workspace);
          const View bias = in_float32(a.bias, workspace);
          const Float32Result y(a.y, workspace);
          convolve_and_pool(in_dtype(p, DType::f32), {x, weight, bias, y.out(), nullptr}, workspace);
          y.store();
        },
});

constexpr const KernelVariant<Conv2dReluPool>* kForward[] = {
    SONOGRAD_ON_EVERY_DEVICE(kComposed),
    &cpu::conv2d_relu_pool_strips,
    &cpu::conv2d_relu_pool_many_taps,
};

}  // namespace

Conv2dReluPoolProblem Conv2dReluPoolProblem::make(const Shape& x, const Shape& weight,
                                                  const Conv2dOptions& options, Pair pool, DType dtype,
                                                  bool rectify) {
  const auto conv = Conv2dProblem::make(x, weight, options, dtype);
  Conv2dReluPoolProblem p;
  p.conv = conv;
  p.pool = PoolProblem::make(conv.output_shape(), pool, pool, dtype);
  p.pool.rectify = rectify;
  p.dtype = dtype;
  return p;
}

void conv2d_relu_pool(const Conv2dReluPoolProblem& p, const View& x, const View& weight, const View& bias,
                      const Out& y, WeightCache* cache) {
  check_dense("conv2d_relu_pool", "x", x, p.conv.input_shape(), p.dtype);
  check_dense("conv2d_relu_pool", "weight", weight, p.conv.weight_shape(), p.dtype);
  if (bias.defined()) check_dense("conv2d_relu_pool", "bias", bias, {p.conv.out_channels}, p.dtype);
  check_dense("conv2d_relu_pool", "y", y.view, p.output_shape(), p.dtype);
  if (p.conv.batch == 0) return;
  run<Conv2dReluPool>(kForward, p, {x, weight, bias, y, cache});
}

TableList conv2d_relu_pool_tables() {
  return {describe<Conv2dReluPool>(kForward)};
}

}  // namespace sonograd::kernels
