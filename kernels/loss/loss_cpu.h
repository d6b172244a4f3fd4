// The CPU rows of the loss ladders.
#pragma once

#include "kernels/loss/loss.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<TagLoss> tag_loss_reference, tag_loss_simd;
extern const KernelVariant<TagLossBackward> tag_loss_backward_reference, tag_loss_backward_simd;
extern const KernelVariant<CrossEntropy> cross_entropy_reference, cross_entropy_simd;
extern const KernelVariant<CrossEntropyBackward> cross_entropy_backward_reference,
    cross_entropy_backward_simd;
extern const KernelVariant<MeanSquaredError> mse_reference, mse_simd;
extern const KernelVariant<MeanSquaredErrorBackward> mse_backward_reference, mse_backward_simd;

}  // namespace sonograd::kernels::cpu
