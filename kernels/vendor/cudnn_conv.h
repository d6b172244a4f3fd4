// cuDNN as rows of the convolution ladders. Sequences are maps with one row.
#pragma once

#include "kernels/conv1d/conv1d.h"
#include "kernels/conv2d/conv2d.h"
#include "kernels/vendor/row.h"

namespace sonograd::kernels::vendor {

extern const KernelVariant<Conv2dForward> conv2d_forward_cudnn;
extern const KernelVariant<Conv2dBackwardData> conv2d_backward_data_cudnn;
extern const KernelVariant<Conv2dBackwardWeight> conv2d_backward_weight_cudnn;
extern const KernelVariant<Conv1dForward> conv1d_forward_cudnn;
extern const KernelVariant<Conv1dBackwardData> conv1d_backward_data_cudnn;
extern const KernelVariant<Conv1dBackwardWeight> conv1d_backward_weight_cudnn;

}  // namespace sonograd::kernels::vendor
