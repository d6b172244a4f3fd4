// The CUDA rows of the dropout ladder.
#pragma once

#include "kernels/core/cuda_rows.h"
#include "kernels/dropout/dropout.h"

namespace sonograd::kernels {

SONOGRAD_CUDA_ROWS(extern const KernelVariant<Dropout> dropout_vectorized;)

}  // namespace sonograd::kernels
