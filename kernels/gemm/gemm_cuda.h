// The CUDA rows of the gemm ladder, one file each.
#pragma once

#include "kernels/core/cuda_rows.h"
#include "kernels/gemm/gemm.h"

namespace sonograd::kernels {

SONOGRAD_CUDA_ROWS(extern const KernelVariant<Gemm> gemm_naive, gemm_tiled, gemm_mma, gemm_wgmma;)

}  // namespace sonograd::kernels
