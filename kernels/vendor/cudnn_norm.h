// cuDNN as rows of the tables of batch_norm.
#pragma once

#include "kernels/batch_norm/batch_norm.h"
#include "kernels/vendor/row.h"

namespace sonograd::kernels::vendor {

/// cuDNN normalises in the call that computes the statistics: its time compares with that of statistics and apply together.
extern const KernelVariant<BatchNormStatistics> batch_norm_statistics_cudnn;
extern const KernelVariant<BatchNormBackward> batch_norm_backward_cudnn;

}  // namespace sonograd::kernels::vendor
