// The CUDA rows of the log_mel ladder.
#pragma once

#include "kernels/core/cuda_rows.h"
#include "kernels/fused/log_mel/log_mel.h"

namespace sonograd::kernels {

SONOGRAD_CUDA_ROWS(extern const KernelVariant<LogMel> log_mel_one_pass;)

}  // namespace sonograd::kernels
