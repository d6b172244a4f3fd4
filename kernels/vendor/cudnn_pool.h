// cuDNN as rows of the pooling ladders. It has no indices of maxima: there is no row for their way back.
#pragma once

#include "kernels/pool/pool.h"
#include "kernels/vendor/row.h"

namespace sonograd::kernels::vendor {

extern const KernelVariant<MaxPoolForward> max_pool_forward_cudnn;
extern const KernelVariant<AvgPoolForward> avg_pool_forward_cudnn;
extern const KernelVariant<AvgPoolBackward> avg_pool_backward_cudnn;

}  // namespace sonograd::kernels::vendor
