#include "kernels/softmax/softmax.h"

#include "kernels/core/check.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<SoftmaxForward> softmax_forward_reference, softmax_forward_simd;
extern const KernelVariant<SoftmaxBackward> softmax_backward_reference, softmax_backward_simd;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<SoftmaxForward> softmax_forward_naive,
                   softmax_forward_warp_per_row;
                   extern const KernelVariant<SoftmaxBackward> softmax_backward_naive,
                   softmax_backward_warp_per_row;)

namespace {

constexpr const KernelVariant<SoftmaxForward>* kForward[] = {
    &cpu::softmax_forward_reference,
    &cpu::softmax_forward_simd,
    SONOGRAD_ON_CUDA(softmax_forward_naive),
    SONOGRAD_ON_CUDA(softmax_forward_warp_per_row),
};
constexpr const KernelVariant<SoftmaxBackward>* kBackward[] = {
    &cpu::softmax_backward_reference,
    &cpu::softmax_backward_simd,
    SONOGRAD_ON_CUDA(softmax_backward_naive),
    SONOGRAD_ON_CUDA(softmax_backward_warp_per_row),
};

}  // namespace

SoftmaxProblem SoftmaxProblem::make(const Shape& shape, bool log, DType dtype) {
  if (shape.rank() < 1 || shape[-1] < 1)
    throw ShapeError(concat("[softmax] x: expected [..., C] with C >= 1, got ", shape));
  return {shape, log, shape.numel() / shape[-1], shape[-1], dtype};
}

double SoftmaxProblem::bytes(int tensors) const {
  return tensors * static_cast<double>(size_of(dtype)) * static_cast<double>(shape.numel());
}

void softmax_forward(const SoftmaxProblem& p, const View& x, const Out& y) {
  check_dense("softmax", "x", x, p.shape, p.dtype);
  check_dense("softmax", "y", y.view, p.shape, p.dtype);
  run<SoftmaxForward>(kForward, p, {x, y});
}

void softmax_backward(const SoftmaxProblem& p, const View& y, const View& dy, const Out& dx) {
  check_dense("softmax", "y", y, p.shape, p.dtype);
  check_dense("softmax", "dy", dy, p.shape, p.dtype);
  check_dense("softmax", "dx", dx.view, p.shape, p.dtype);
  run<SoftmaxBackward>(kBackward, p, {y, dy, dx});
}

TableList softmax_tables() {
  return {describe<SoftmaxForward>(kForward), describe<SoftmaxBackward>(kBackward)};
}

}  // namespace sonograd::kernels
