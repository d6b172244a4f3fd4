// The CUDA rows of the conv2d_bn_stats ladder, one file per rung.
#pragma once

#include "kernels/core/cuda_rows.h"
#include "kernels/fused/conv2d_bn_stats/conv2d_bn_stats.h"

namespace sonograd::kernels {

SONOGRAD_CUDA_ROWS(extern const KernelVariant<Conv2dBnStats> conv2d_bn_stats_tiled, conv2d_bn_stats_mma,
                   conv2d_bn_stats_one_channel;)

}  // namespace sonograd::kernels
