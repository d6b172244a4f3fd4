// The CPU rows of the reduce ladders.
#pragma once

#include "kernels/reduce/reduce.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<ReduceSum> reduce_sum_reference, reduce_sum_blocked;
extern const KernelVariant<ReduceSumBackward> reduce_sum_backward_reference, reduce_sum_backward_blocked;
extern const KernelVariant<ReduceMax> reduce_max_reference, reduce_max_blocked;
extern const KernelVariant<ReduceMaxBackward> reduce_max_backward_reference, reduce_max_backward_blocked;

}  // namespace sonograd::kernels::cpu
