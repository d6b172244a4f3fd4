// The CUDA rows of the bn_relu_pool ladders.
#pragma once

#include "kernels/core/cuda_rows.h"
#include "kernels/fused/bn_relu_pool/bn_relu_pool.h"

namespace sonograd::kernels {

SONOGRAD_CUDA_ROWS(extern const KernelVariant<BnReluPoolForward> bn_relu_pool_forward_one_pass;
                   extern const KernelVariant<BnReluPoolBackward> bn_relu_pool_backward_one_pass;)

}  // namespace sonograd::kernels
