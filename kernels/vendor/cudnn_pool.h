// cuDNN as rows of the tables of pooling. It has no indices of maxima, so there is no row for the gradient of max_pool.
#pragma once

#include "kernels/pool/pool.h"
#include "kernels/vendor/row.h"

namespace sonograd::kernels::vendor {

extern const KernelVariant<MaxPoolForward> max_pool_forward_cudnn;
extern const KernelVariant<AvgPoolForward> avg_pool_forward_cudnn;
extern const KernelVariant<AvgPoolBackward> avg_pool_backward_cudnn;

}  // namespace sonograd::kernels::vendor
