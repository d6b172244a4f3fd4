#include "kernels/fill/fill.h"

#include "kernels/core/check.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<Fill> fill_reference, fill_blocked;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<Fill> fill_vectorized;)

namespace {

constexpr const KernelVariant<Fill>* kFill[] = {
    &cpu::fill_reference,
    &cpu::fill_blocked,
    SONOGRAD_ON_CUDA(fill_vectorized),
};

}  // namespace

void fill(double value, const Out& y) {
  const FillProblem p = {y.shape(), value, y.view.dtype};
  check_dense("fill", "y", y.view, p.shape, p.dtype);
  run<Fill>(kFill, p, {y});
}

TableList fill_tables() {
  return {describe<Fill>(kFill)};
}

}  // namespace sonograd::kernels
