// The CUDA rows of the reduce ladders.
#pragma once

#include "kernels/core/cuda_rows.h"
#include "kernels/reduce/reduce.h"

namespace sonograd::kernels {

SONOGRAD_CUDA_ROWS(extern const KernelVariant<ReduceSum> reduce_sum_naive, reduce_sum_block_per_row,
                   reduce_sum_two_pass;
                   extern const KernelVariant<ReduceSumBackward> reduce_sum_backward_naive;
                   extern const KernelVariant<ReduceMax> reduce_max_naive, reduce_max_block_per_row;
                   extern const KernelVariant<ReduceMaxBackward> reduce_max_backward_naive;)

}  // namespace sonograd::kernels
