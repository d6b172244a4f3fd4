#include "kernels/losses/cross_entropy.h"

#include "kernels/core/check.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<CrossEntropyForward> cross_entropy_forward_reference, cross_entropy_forward_simd;
extern const KernelVariant<CrossEntropyBackward> cross_entropy_backward_reference,
    cross_entropy_backward_simd;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<CrossEntropyForward> cross_entropy_forward_one_block;
                   extern const KernelVariant<CrossEntropyBackward> cross_entropy_backward_warp_per_row;)

namespace {

constexpr const KernelVariant<CrossEntropyForward>* kForward[] = {
    &cpu::cross_entropy_forward_reference,
    &cpu::cross_entropy_forward_simd,
    SONOGRAD_ON_CUDA(cross_entropy_forward_one_block),
};
constexpr const KernelVariant<CrossEntropyBackward>* kBackward[] = {
    &cpu::cross_entropy_backward_reference,
    &cpu::cross_entropy_backward_simd,
    SONOGRAD_ON_CUDA(cross_entropy_backward_warp_per_row),
};

void check_inputs(const CrossEntropyProblem& p, const View& x, const View& target) {
  check_dense("cross_entropy", "x", x, p.shape(), p.dtype);
  check_dense("cross_entropy", "target", target, p.soft ? p.shape() : Shape{p.rows},
              p.soft ? p.dtype : DType::i32);
  if (p.soft || target.device.kind != DeviceKind::cpu) return;
  check_classes({target.data<std::int32_t>(), static_cast<std::size_t>(p.rows)}, p.classes);
}

}  // namespace

CrossEntropyProblem CrossEntropyProblem::make(const Shape& x, const Shape& target, DType dtype) {
  const bool soft = target == x;
  if (x.rank() != 2 || x.numel() == 0 || !(soft || target == Shape{x[0]})) {
    throw ShapeError(
        concat("[cross_entropy] x, target: expected [N, C] with elements and [N] or [N, C], got ", x, " and ",
               target));
  }
  return {x[0], x[1], soft, dtype};
}

double CrossEntropyProblem::bytes(bool backward) const {
  const int tensors = 1 + (soft ? 1 : 0) + (backward ? 1 : 0);
  return tensors * static_cast<double>(size_of(dtype)) * static_cast<double>(rows * classes);
}

void check_classes(std::span<const std::int32_t> target, std::int64_t classes) {
  for (std::size_t row = 0; row < target.size(); ++row) {
    if (target[row] >= 0 && target[row] < classes) continue;
    throw ShapeError(concat("[cross_entropy] target ", row, ": expected a class in [0, ", classes, "), got ",
                            target[row]));
  }
}

void cross_entropy_forward(const CrossEntropyProblem& p, const View& x, const View& target, const Out& loss) {
  check_inputs(p, x, target);
  check_dense("cross_entropy", "loss", loss.view, {}, p.dtype);
  run<CrossEntropyForward>(kForward, p, {x, target, loss});
}

void cross_entropy_backward(const CrossEntropyProblem& p, const View& x, const View& target,
                            const View& dloss, const Out& dx) {
  check_inputs(p, x, target);
  check_dense("cross_entropy", "dloss", dloss, {}, p.dtype);
  check_dense("cross_entropy", "dx", dx.view, p.shape(), p.dtype);
  run<CrossEntropyBackward>(kBackward, p, {x, target, dloss, dx});
}

TableList cross_entropy_tables() {
  return {describe<CrossEntropyForward>(kForward), describe<CrossEntropyBackward>(kBackward)};
}

}  // namespace sonograd::kernels
