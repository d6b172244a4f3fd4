// cuDNN as rows of the tables of conv2d.
#pragma once

#include "kernels/conv2d/conv2d.h"
#include "kernels/vendor/row.h"

namespace sonograd::kernels::vendor {

extern const KernelVariant<Conv2dForward> conv2d_forward_cudnn;
extern const KernelVariant<Conv2dBackwardData> conv2d_backward_data_cudnn;
extern const KernelVariant<Conv2dBackwardWeight> conv2d_backward_weight_cudnn;

}  // namespace sonograd::kernels::vendor
