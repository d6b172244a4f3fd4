// The CUDA rows of the pool ladders.
#pragma once

#include "kernels/core/cuda_rows.h"
#include "kernels/pool/pool.h"

namespace sonograd::kernels {

SONOGRAD_CUDA_ROWS(extern const KernelVariant<MaxPoolForward> max_pool_forward_vectorized;
                   extern const KernelVariant<MaxPoolBackward> max_pool_backward_vectorized;
                   extern const KernelVariant<AvgPoolForward> avg_pool_forward_vectorized;
                   extern const KernelVariant<AvgPoolBackward> avg_pool_backward_vectorized;)

}  // namespace sonograd::kernels
