#include "kernels/dropout/dropout.h"

#include "kernels/core/check.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<Dropout> dropout_reference, dropout_simd;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<Dropout> dropout_vectorized;)

namespace {

constexpr const KernelVariant<Dropout>* kDropout[] = {
    &cpu::dropout_reference,
    &cpu::dropout_simd,
    SONOGRAD_ON_CUDA(dropout_vectorized),
};

}  // namespace

DropoutProblem DropoutProblem::make(const Shape& shape, double p, const RandomKey& key, DType dtype) {
  if (!(p >= 0 && p < 1)) throw ConfigError(concat("[dropout] p: expected a probability in [0, 1), got ", p));
  if (shape.numel() > std::int64_t{1} << 34)
    throw ShapeError(concat("[dropout] x: expected at most 2^34 elements, got ", shape));
  return {shape, p, key, dtype};
}

void dropout(const DropoutProblem& p, const View& x, const Out& y) {
  check_dense("dropout", "x", x, p.shape, p.dtype);
  check_dense("dropout", "y", y.view, p.shape, p.dtype);
  run<Dropout>(kDropout, p, {x, y});
}

TableList dropout_tables() {
  return {describe<Dropout>(kDropout)};
}

}  // namespace sonograd::kernels
