#include "kernels/vendor/cublas.h"

#if __has_include(<cublas_v2.h>)
#include <cublas_v2.h>

#include "kernels/core/reference.h"
#include "kernels/vendor/per_device.h"
#include "tensor/support/shared_library.h"

namespace sonograd::kernels::vendor {
namespace {

struct Cublas {
  SharedLibrary library{concat("libcublas.so.", CUBLAS_VER_MAJOR)};
  SONOGRAD_LIBRARY_FUNCTION(cublasCreate_v2);
  SONOGRAD_LIBRARY_FUNCTION(cublasSetStream_v2);
  SONOGRAD_LIBRARY_FUNCTION(cublasGemmStridedBatchedEx_64);
  SONOGRAD_LIBRARY_FUNCTION(cublasGetStatusString);
};

const Cublas& cublas() {
  static const Cublas instance;
  return instance;
}

void check(cublasStatus_t status) {
  if (status != CUBLAS_STATUS_SUCCESS) {
    throw KernelError(concat("cuBLAS: ", cublas().cublasGetStatusString(status)));
  }
}

cublasHandle_t current_handle() {
  thread_local PerDevice<int, cublasHandle_t> handles;
  const cublasHandle_t handle =
      handles.get(0, [](cublasHandle_t& made) { check(cublas().cublasCreate_v2(&made)); });
  check(cublas().cublasSetStream_v2(handle, cuda_stream()));
  return handle;
}

cublasComputeType_t compute_type(Precision precision) {
  switch (precision) {
    case Precision::tf32:
      return CUBLAS_COMPUTE_32F_FAST_TF32;
    case Precision::bf16:
      return CUBLAS_COMPUTE_32F_FAST_16BF;
    case Precision::strict:
      break;
  }
  return CUBLAS_COMPUTE_32F_PEDANTIC;
}

const char* why_not(const GemmProblem& p, const Context& context) {
  if (context.batch_invariant) return "the order of its sums depends on the number of rows";
  if (p.batches[0] > 1) return "supports one batch axis only";
  if (p.has_bias || p.options.activation || p.has_residual)
    return "supports products without bias, function and residual only";
  const auto overlaps = [](const MatrixSteps& steps, std::int64_t rows, std::int64_t columns) {
    return steps.leading() < (steps.is_transposed() ? rows : columns);
  };
  if (overlaps(p.a_steps, p.m, p.k) || overlaps(p.b_steps, p.k, p.n)) return "the rows of an operand overlap";
  const char* reason = float_only(p, context);
  return reason != nullptr ? reason : cublas().library.why_not();
}

// cuBLAS matrices are column-major, so every matrix is passed as its transpose: C^T = op(B)^T op(A)^T.
void run(const GemmProblem& p, const Gemm::Args& args, const Context& context, Workspace) {
  const auto operation = [](bool transposed) { return transposed ? CUBLAS_OP_T : CUBLAS_OP_N; };
  const auto alpha = static_cast<float>(p.options.alpha);
  const float beta = args.c.adds() ? 1 : 0;
  const MatrixSteps &a = p.a_steps, &b = p.b_steps, &c = p.c_steps;
  check(cublas().cublasGemmStridedBatchedEx_64(
      current_handle(), operation(b.is_transposed()), operation(a.is_transposed()), p.n, p.m, p.k, &alpha,
      args.b.pointer, CUDA_R_32F, b.leading(), b.batch[1], args.a.pointer, CUDA_R_32F, a.leading(),
      a.batch[1], &beta, args.c.view.pointer, CUDA_R_32F, c.row, c.batch[1], p.batch(),
      compute_type(context.precision), CUBLAS_GEMM_DEFAULT));
}

}  // namespace

extern const KernelVariant<Gemm> gemm_cublas = {.name = "cublas",
                                                .target = DeviceKind::cuda,
                                                .why_not = why_not,
                                                .run = run,
                                                .choice = Choice::by_measure};

}  // namespace sonograd::kernels::vendor
#endif
