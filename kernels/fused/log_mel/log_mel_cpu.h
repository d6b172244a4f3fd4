// The CPU row of the log_mel ladder.
#pragma once

#include "kernels/fused/log_mel/log_mel.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<LogMel> log_mel_one_pass;

}  // namespace sonograd::kernels::cpu
