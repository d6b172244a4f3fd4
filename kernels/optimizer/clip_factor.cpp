#include "kernels/optimizer/clip_factor.h"

#include "kernels/core/check.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<ClipFactor> clip_factor_reference, clip_factor_blocked;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<ClipFactor> clip_factor_two_pass;)

namespace {

constexpr const KernelVariant<ClipFactor>* kClipFactor[] = {
    &cpu::clip_factor_reference,
    &cpu::clip_factor_blocked,
    SONOGRAD_ON_CUDA(clip_factor_two_pass),
};

}  // namespace

void clip_factor(double limit, std::span<const View> tensors, const View& norm, const View& factor) {
  check_number("clip_factor", "limit", limit, limit > 0, "a number above 0");
  ClipFactorProblem p = {.limit = limit, .tensors = std::ssize(tensors), .dtype = norm.dtype};
  check_dense("clip_factor", "norm", norm, {}, p.dtype);
  check_dense("clip_factor", "factor", factor, {}, p.dtype);
  for (const View& tensor : tensors) {
    if (!tensor.defined()) continue;
    const bool is_bf16 = tensor.dtype == DType::bf16 && p.dtype == DType::f32;
    check_dense("clip_factor", "tensor", tensor, tensor.shape, is_bf16 ? DType::bf16 : p.dtype);
    p.elements += tensor.numel();
    if (is_bf16) p.bf16_elements += tensor.numel();
  }
  run<ClipFactor>(kClipFactor, p, {tensors, norm, factor});
}

TableList clip_factor_tables() {
  return {describe<ClipFactor>(kClipFactor)};
}

}  // namespace sonograd::kernels
