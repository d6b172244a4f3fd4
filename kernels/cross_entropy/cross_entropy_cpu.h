// The CPU rows of the cross_entropy ladders.
#pragma once

#include "kernels/cross_entropy/cross_entropy.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<CrossEntropyForward> cross_entropy_forward_reference, cross_entropy_forward_simd;
extern const KernelVariant<CrossEntropyBackward> cross_entropy_backward_reference,
    cross_entropy_backward_simd;

}  // namespace sonograd::kernels::cpu
