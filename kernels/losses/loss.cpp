#include "kernels/losses/loss.h"

#include "kernels/core/check.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<LossForward> loss_forward_reference, loss_forward_simd;
extern const KernelVariant<LossBackward> loss_backward_reference, loss_backward_simd;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<LossForward> loss_forward_one_block;
                   extern const KernelVariant<LossBackward> loss_backward_vectorized;)

namespace {

constexpr const KernelVariant<LossForward>* kForward[] = {
    &cpu::loss_forward_reference,
    &cpu::loss_forward_simd,
    SONOGRAD_ON_CUDA(loss_forward_one_block),
};
constexpr const KernelVariant<LossBackward>* kBackward[] = {
    &cpu::loss_backward_reference,
    &cpu::loss_backward_simd,
    SONOGRAD_ON_CUDA(loss_backward_vectorized),
};

void check_inputs(const LossProblem& p, const View& x, const View& target, const View& weight,
                  const View& marked) {
  check_dense("loss", "x", x, p.shape, p.dtype);
  check_dense("loss", "target", target, p.shape, p.dtype);
  if (weight.defined()) check_dense("loss", "weight", weight, {p.tags}, p.dtype);
  if (p.criterion == Criterion::bce_mse_mix) check_dense("loss", "marked", marked, {p.tags}, DType::u8);
}

}  // namespace

LossProblem LossProblem::make(Criterion criterion, const Shape& x, DType dtype) {
  if (x.rank() < 1 || x.numel() == 0)
    throw ShapeError(concat("[loss] x: expected [..., C] with elements, got ", x));
  return {criterion, x, x.numel() / x[-1], x[-1], dtype};
}

double LossProblem::bytes(int tensors) const {
  return tensors * static_cast<double>(size_of(dtype)) * static_cast<double>(shape.numel());
}

void loss_forward(const LossProblem& p, const View& x, const View& target, const View& weight,
                  const View& marked, const Out& loss) {
  check_inputs(p, x, target, weight, marked);
  check_dense("loss", "loss", loss.view, {}, p.dtype);
  run<LossForward>(kForward, p, {x, target, weight, marked, loss});
}

void loss_backward(const LossProblem& p, const View& x, const View& target, const View& weight,
                   const View& marked, const View& dloss, const Out& dx) {
  check_inputs(p, x, target, weight, marked);
  check_dense("loss", "dloss", dloss, {}, p.dtype);
  check_dense("loss", "dx", dx.view, p.shape, p.dtype);
  run<LossBackward>(kBackward, p, {x, target, weight, marked, dloss, dx});
}

TableList loss_tables() {
  return {describe<LossForward>(kForward), describe<LossBackward>(kBackward)};
}

}  // namespace sonograd::kernels
