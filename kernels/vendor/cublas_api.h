// Parts of cuBLAS that our rows use: functions, and products of views.
#pragma once

#include <cublas_v2.h>

#include "kernels/gemm/gemm.h"
#include "tensor/support/shared_library.h"

namespace sonograd::kernels::vendor {

struct Cublas {
  SharedLibrary library{concat("libcublas.so.", CUBLAS_VER_MAJOR)};
  SONOGRAD_LIBRARY_FUNCTION(cublasCreate_v2);
  SONOGRAD_LIBRARY_FUNCTION(cublasSetMathMode);
  SONOGRAD_LIBRARY_FUNCTION(cublasSetStream_v2);
  SONOGRAD_LIBRARY_FUNCTION(cublasGemmStridedBatchedEx_64);
  SONOGRAD_LIBRARY_FUNCTION(cublasGetStatusString);
};

const Cublas& cublas();

/// Reason for which cuBLAS does not support the places of the operands; nullptr: none.
const char* why_not_places(const GemmProblem& p);

/// c (= or +=) alpha * op(a) op(b), with sums in float32: extents, steps and alpha are those of `p`. a and b are f32 or bf16, both
/// alike; c is f32, or bf16 as they are. Products of f32 are in `precision`. Throws KernelError when cuBLAS fails.
void multiply(const GemmProblem& p, const View& a, const View& b, const Out& c, Precision precision);

}  // namespace sonograd::kernels::vendor
