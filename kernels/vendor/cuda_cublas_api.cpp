#if __has_include(<cublas_v2.h>)
#include "kernels/vendor/cublas_api.h"
#include "kernels/vendor/per_device.h"

namespace sonograd::kernels::vendor {
namespace {

void check(cublasStatus_t status) {
  if (status != CUBLAS_STATUS_SUCCESS) {
    throw KernelError(concat("cuBLAS: ", cublas().cublasGetStatusString(status)));
  }
}

// Parts of a sum of products of bf16 stay in float32 until the result is rounded.
cublasHandle_t current_handle() {
  thread_local PerDevice<int, cublasHandle_t> handles;
  const cublasHandle_t handle = handles.get(0, [](cublasHandle_t& made) {
    check(cublas().cublasCreate_v2(&made));
    check(cublas().cublasSetMathMode(made, CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION));
  });
  check(cublas().cublasSetStream_v2(handle, cuda_stream()));
  return handle;
}

cublasComputeType_t compute_type(DType stored, Precision precision) {
  if (stored == DType::bf16) return CUBLAS_COMPUTE_32F;
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

cudaDataType_t type_of(const View& view) {
  return view.dtype == DType::bf16 ? CUDA_R_16BF : CUDA_R_32F;
}

void* at(const View& view, std::int64_t offset) {
  return static_cast<std::byte*>(view.pointer) + offset * static_cast<std::int64_t>(size_of(view.dtype));
}

}  // namespace

const Cublas& cublas() {
  static const Cublas instance;
  return instance;
}

const char* why_not_places(const GemmProblem& p) {
  const auto overlaps = [](const MatrixSteps& steps, std::int64_t rows, std::int64_t columns) {
    return steps.leading() < (steps.is_transposed() ? rows : columns);
  };
  return overlaps(p.a_steps, p.m, p.k) || overlaps(p.b_steps, p.k, p.n) ? "the rows of an operand overlap"
                                                                        : nullptr;
}

// cuBLAS matrices are column-major, so every matrix is passed as its transpose: C^T = op(B)^T op(A)^T. A call takes one axis of
// the batch; the shorter one of two is a loop.
void multiply(const GemmProblem& p, const View& a, const View& b, const Out& c, Precision precision) {
  const auto operation = [](const MatrixSteps& steps) {
    return steps.is_transposed() ? CUBLAS_OP_T : CUBLAS_OP_N;
  };
  const auto alpha = static_cast<float>(p.options.alpha);
  const float beta = c.adds() ? 1 : 0;
  const std::size_t inner = p.batches[1] >= p.batches[0] ? 1 : 0, outer = 1 - inner;
  for (std::int64_t i = 0; i < p.batches[outer]; ++i) {
    const auto start = [&](const View& view, const MatrixSteps& steps) {
      return at(view, i * steps.batch[outer]);
    };
    check(cublas().cublasGemmStridedBatchedEx_64(
        current_handle(), operation(p.b_steps), operation(p.a_steps), p.n, p.m, p.k, &alpha,
        start(b, p.b_steps), type_of(b), p.b_steps.leading(), p.b_steps.batch[inner], start(a, p.a_steps),
        type_of(a), p.a_steps.leading(), p.a_steps.batch[inner], &beta, start(c.view, p.c_steps),
        type_of(c.view), p.c_steps.row, p.c_steps.batch[inner], p.batches[inner],
        compute_type(a.dtype, precision), CUBLAS_GEMM_DEFAULT));
  }
}

}  // namespace sonograd::kernels::vendor
#endif
