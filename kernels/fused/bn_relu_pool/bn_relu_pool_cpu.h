// The CPU rows of the bn_relu_pool ladders.
#pragma once

#include "kernels/fused/bn_relu_pool/bn_relu_pool.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<BnReluPoolForward> bn_relu_pool_forward_one_pass;
extern const KernelVariant<BnReluPoolBackward> bn_relu_pool_backward_one_pass;

}  // namespace sonograd::kernels::cpu
