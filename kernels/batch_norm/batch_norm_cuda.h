// The CUDA rows of the batch norm ladders, one file per rung.
#pragma once

#include "kernels/batch_norm/batch_norm.h"
#include "kernels/core/cuda_rows.h"

namespace sonograd::kernels {

SONOGRAD_CUDA_ROWS(extern const KernelVariant<BatchNormStatistics> batch_norm_statistics_naive,
                   batch_norm_statistics_two_pass;
                   extern const KernelVariant<InverseDeviation> inverse_deviation_vectorized;
                   extern const KernelVariant<BatchNormApply> batch_norm_apply_vectorized;
                   extern const KernelVariant<BatchNormBackward> batch_norm_backward_naive,
                   batch_norm_backward_two_pass;)

}  // namespace sonograd::kernels
