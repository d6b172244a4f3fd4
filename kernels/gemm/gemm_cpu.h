// The CPU rows of the gemm ladder.
#pragma once

#include "kernels/gemm/gemm.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<Gemm> gemm_reference, gemm_onednn;

}  // namespace sonograd::kernels::cpu
