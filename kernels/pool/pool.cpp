#include "kernels/pool/pool.h"

#include "kernels/core/check.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"
#include "kernels/vendor/cudnn_pool.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<MaxPoolForward> max_pool_forward_reference, max_pool_forward_rows;
extern const KernelVariant<MaxPoolBackward> max_pool_backward_reference, max_pool_backward_rows;
extern const KernelVariant<AvgPoolForward> avg_pool_forward_reference, avg_pool_forward_rows;
extern const KernelVariant<AvgPoolBackward> avg_pool_backward_reference, avg_pool_backward_rows;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<MaxPoolForward> max_pool_forward_vectorized;
                   extern const KernelVariant<MaxPoolBackward> max_pool_backward_vectorized;
                   extern const KernelVariant<AvgPoolForward> avg_pool_forward_vectorized;
                   extern const KernelVariant<AvgPoolBackward> avg_pool_backward_vectorized;)

namespace {

// One row per line.
// clang-format off
constexpr const KernelVariant<MaxPoolForward>* kMaxForward[] = {
    &cpu::max_pool_forward_reference,
    &cpu::max_pool_forward_rows,
    SONOGRAD_ON_CUDA(max_pool_forward_vectorized),
    SONOGRAD_CUDNN_ROW(max_pool_forward_cudnn)
};
constexpr const KernelVariant<MaxPoolBackward>* kMaxBackward[] = {
    &cpu::max_pool_backward_reference,
    &cpu::max_pool_backward_rows,
    SONOGRAD_ON_CUDA(max_pool_backward_vectorized),
};
constexpr const KernelVariant<AvgPoolForward>* kAvgForward[] = {
    &cpu::avg_pool_forward_reference,
    &cpu::avg_pool_forward_rows,
    SONOGRAD_ON_CUDA(avg_pool_forward_vectorized),
    SONOGRAD_CUDNN_ROW(avg_pool_forward_cudnn)
};
constexpr const KernelVariant<AvgPoolBackward>* kAvgBackward[] = {
    &cpu::avg_pool_backward_reference,
    &cpu::avg_pool_backward_rows,
    SONOGRAD_ON_CUDA(avg_pool_backward_vectorized),
    SONOGRAD_CUDNN_ROW(avg_pool_backward_cudnn)
};
// clang-format on

}  // namespace

PoolProblem PoolProblem::make(const Shape& x, Pair kernel, Pair stride, DType dtype) {
  if (x.rank() != 3 && x.rank() != 4) {
    throw ShapeError(concat("[pool] x: expected axes [N, T, F, C] or [N, T, C], got ", x));
  }
  if (std::min({kernel.t, kernel.f, stride.t, stride.f}) < 1) {
    throw ShapeError(concat("[pool] kernel, stride: expected at least 1, got ", kernel, " and ", stride));
  }
  PoolProblem p;
  p.has_frequency = x.rank() == 4;
  p.batch = x[0], p.t = x[1], p.f = p.has_frequency ? x[2] : 1, p.channels = x[-1];
  p.kernel = kernel, p.stride = stride, p.dtype = dtype;
  if (p.t < kernel.t || p.f < kernel.f) {
    throw ShapeError(
        concat("[pool] x: expected a map at least as large as the kernel ", kernel, ", got ", x));
  }
  p.out_t = (p.t - kernel.t) / stride.t + 1;
  p.out_f = (p.f - kernel.f) / stride.f + 1;
  return p;
}

void max_pool_forward(const PoolProblem& p, const View& x, const Out& y, const View& index) {
  check_dense("max_pool", "x", x, p.input_shape(), p.dtype);
  check_dense("max_pool", "y", y.view, p.output_shape(), p.dtype);
  if (index.defined()) check_dense("max_pool", "index", index, p.output_shape(), p.index_dtype());
  run<MaxPoolForward>(kMaxForward, p, {x, y, index});
}

void max_pool_backward(const PoolProblem& p, const View& dy, const View& index, const Out& dx) {
  check_dense("max_pool", "dy", dy, p.output_shape(), p.dtype);
  check_dense("max_pool", "index", index, p.output_shape(), p.index_dtype());
  check_dense("max_pool", "dx", dx.view, p.input_shape(), p.dtype);
  run<MaxPoolBackward>(kMaxBackward, p, {dy, index, dx});
}

void avg_pool_forward(const PoolProblem& p, const View& x, const Out& y) {
  check_dense("avg_pool", "x", x, p.input_shape(), p.dtype);
  check_dense("avg_pool", "y", y.view, p.output_shape(), p.dtype);
  run<AvgPoolForward>(kAvgForward, p, {x, y});
}

void avg_pool_backward(const PoolProblem& p, const View& dy, const Out& dx) {
  check_dense("avg_pool", "dy", dy, p.output_shape(), p.dtype);
  check_dense("avg_pool", "dx", dx.view, p.input_shape(), p.dtype);
  run<AvgPoolBackward>(kAvgBackward, p, {dy, dx});
}

TableList pool_tables() {
  return {describe<MaxPoolForward>(kMaxForward), describe<MaxPoolBackward>(kMaxBackward),
          describe<AvgPoolForward>(kAvgForward), describe<AvgPoolBackward>(kAvgBackward)};
}

}  // namespace sonograd::kernels
