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
  const char* reason = float_only(p, context);
  return reason != nullptr ? reason : cublas().library.why_not();
}

// To cuBLAS, which counts along columns first, every matrix is its transpose: C^T = op(B)^T op(A)^T.
void run(const GemmProblem& p, const Gemm::Args& args, const Context& context, Workspace) {
  const auto operation = [](bool transposed) { return transposed ? CUBLAS_OP_T : CUBLAS_OP_N; };
  const auto [transpose_a, transpose_b] = p.options;
  const float one = 1, beta = args.c.adds() ? 1 : 0;
  check(cublas().cublasGemmStridedBatchedEx_64(
      current_handle(), operation(transpose_b), operation(transpose_a), p.n, p.m, p.k, &one, args.b.pointer,
      CUDA_R_32F, transpose_b ? p.k : p.n, p.k * p.n, args.a.pointer, CUDA_R_32F, transpose_a ? p.m : p.k,
      p.m * p.k, &beta, args.c.view.pointer, CUDA_R_32F, p.n, p.m * p.n, p.batch,
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
