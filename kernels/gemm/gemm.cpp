#include "kernels/gemm/gemm.h"

#include "kernels/core/check.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"
#include "kernels/vendor/cublas.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<Gemm> gemm_reference, gemm_onednn;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<Gemm> gemm_naive, gemm_tiled, gemm_mma, gemm_wgmma;)

namespace {

// One row per line.
// clang-format off
constexpr const KernelVariant<Gemm>* kGemm[] = {
    &cpu::gemm_reference,
    &cpu::gemm_onednn,
    SONOGRAD_ON_CUDA(gemm_naive),
    SONOGRAD_ON_CUDA(gemm_tiled),
    SONOGRAD_ON_CUDA(gemm_mma),
    SONOGRAD_ON_CUDA(gemm_wgmma),
    SONOGRAD_CUBLAS_ROW(gemm_cublas)
};
// clang-format on

}  // namespace

GemmProblem GemmProblem::make(const Shape& a, const Shape& b, const GemmOptions& options, DType dtype) {
  const auto shapes = [&] {
    return concat("; a ", a, options.transpose_a ? " transposed" : "", ", b ", b,
                  options.transpose_b ? " transposed" : "");
  };
  if (a.rank() < 2 || a.rank() != b.rank())
    throw ShapeError(concat("[gemm] a and b want the same 2 or more axes", shapes()));
  GemmProblem p;
  p.a = a, p.b = b;
  p.options = options;
  p.dtype = dtype;
  p.m = a[options.transpose_a ? -1 : -2];
  p.k = a[options.transpose_a ? -2 : -1];
  p.n = b[options.transpose_b ? -2 : -1];
  const std::int64_t b_rows = b[options.transpose_b ? -1 : -2];
  if (b_rows != p.k) throw ShapeError(concat("[gemm] b wants ", p.k, " rows, has ", b_rows, shapes()));
  for (int axis = 0; axis < a.rank() - 2; ++axis) {
    if (a[axis] != b[axis]) throw ShapeError(concat("[gemm] leading axes differ", shapes()));
    p.batch *= a[axis];
  }
  p.c = a.with(-2, p.m).with(-1, p.n);
  return p;
}

double GemmProblem::flops() const {
  return 2.0 * static_cast<double>(batch * m * n) * static_cast<double>(k);
}

double GemmProblem::bytes() const {
  return static_cast<double>(size_of(dtype)) * static_cast<double>(a.numel() + b.numel() + c.numel());
}

void gemm(const GemmProblem& p, const View& a, const View& b, const Out& c) {
  check_dense("gemm", "a", a, p.a, p.dtype);
  check_dense("gemm", "b", b, p.b, p.dtype);
  check_dense("gemm", "c", c.view, p.c, p.dtype);
  run<Gemm>(kGemm, p, {a, b, c});
}

void gemm(const View& a, const View& b, const Out& c, const GemmOptions& options) {
  gemm(GemmProblem::make(a.shape, b.shape, options, a.dtype), a, b, c);
}

TableList gemm_tables() {
  return {describe<Gemm>(kGemm)};
}

}  // namespace sonograd::kernels
