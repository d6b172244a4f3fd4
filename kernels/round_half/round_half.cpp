#include "kernels/round_half/round_half.h"

#include "kernels/core/check.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<RoundHalf> round_half_reference, round_half_blocked;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<RoundHalf> round_half_vectorized;)

namespace {

constexpr const KernelVariant<RoundHalf>* kRoundHalf[] = {
    &cpu::round_half_reference,
    &cpu::round_half_blocked,
    SONOGRAD_ON_CUDA(round_half_vectorized),
};

}  // namespace

void round_half(const View& x, const Out& y) {
  const RoundHalfProblem p = {x.shape, x.dtype};
  check_dense("round_half", "x", x, p.shape, p.dtype);
  check_dense("round_half", "y", y.view, p.shape, p.dtype);
  run<RoundHalf>(kRoundHalf, p, {x, y});
}

TableList round_half_tables() {
  return {describe<RoundHalf>(kRoundHalf)};
}

}  // namespace sonograd::kernels
