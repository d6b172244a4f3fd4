// The CPU rows of the conv1d ladders.
#pragma once

#include "kernels/conv1d/conv1d.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<Conv1dForward> conv1d_forward_reference, conv1d_forward_onednn;
extern const KernelVariant<Conv1dBackwardData> conv1d_backward_data_reference, conv1d_backward_data_onednn;
extern const KernelVariant<Conv1dBackwardWeight> conv1d_backward_weight_reference,
    conv1d_backward_weight_onednn;

}  // namespace sonograd::kernels::cpu
