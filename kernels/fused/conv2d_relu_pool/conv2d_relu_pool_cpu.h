// The CPU row of the conv2d_relu_pool ladder.
#pragma once

#include "kernels/fused/conv2d_relu_pool/conv2d_relu_pool.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<Conv2dReluPool> conv2d_relu_pool_strips;

}  // namespace sonograd::kernels::cpu
