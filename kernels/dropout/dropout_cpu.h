// The CPU rows of the dropout ladder.
#pragma once

#include "kernels/dropout/dropout.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<Dropout> dropout_reference, dropout_simd;

}  // namespace sonograd::kernels::cpu
