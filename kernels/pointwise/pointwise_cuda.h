// The CUDA rows of the pointwise ladders.
#pragma once

#include "kernels/core/cuda_rows.h"
#include "kernels/pointwise/pointwise.h"

namespace sonograd::kernels {

SONOGRAD_CUDA_ROWS(extern const KernelVariant<UnaryForward> unary_forward_vectorized;
                   extern const KernelVariant<UnaryBackward> unary_backward_vectorized;
                   extern const KernelVariant<BinaryForward> binary_forward_vectorized;)

}  // namespace sonograd::kernels
