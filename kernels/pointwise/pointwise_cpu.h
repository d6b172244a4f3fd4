// The CPU rows of the pointwise ladders.
#pragma once

#include "kernels/pointwise/pointwise.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<UnaryForward> unary_forward_reference, unary_forward_simd;
extern const KernelVariant<UnaryBackward> unary_backward_reference, unary_backward_simd;
extern const KernelVariant<BinaryForward> binary_forward_reference, binary_forward_simd;

}  // namespace sonograd::kernels::cpu
