// The CPU rows of the softmax ladders.
#pragma once

#include "kernels/softmax/softmax.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<SoftmaxForward> softmax_forward_reference, softmax_forward_simd;
extern const KernelVariant<SoftmaxBackward> softmax_backward_reference, softmax_backward_simd;

}  // namespace sonograd::kernels::cpu
