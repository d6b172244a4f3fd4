// The CPU rows of the pooling ladders.
#pragma once

#include "kernels/pool/pool.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<MaxPoolForward> max_pool_forward_reference, max_pool_forward_rows;
extern const KernelVariant<MaxPoolBackward> max_pool_backward_reference, max_pool_backward_rows;
extern const KernelVariant<AvgPoolForward> avg_pool_forward_reference, avg_pool_forward_rows;
extern const KernelVariant<AvgPoolBackward> avg_pool_backward_reference, avg_pool_backward_rows;

}  // namespace sonograd::kernels::cpu
