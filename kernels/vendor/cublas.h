// cuBLAS as a row of the table of gemm.
#pragma once

#include "kernels/gemm/gemm.h"
#include "kernels/vendor/row.h"

namespace sonograd::kernels::vendor {

extern const KernelVariant<Gemm> gemm_cublas;

}  // namespace sonograd::kernels::vendor
