// The CUDA rows of the mel ladders.
#pragma once

#include "kernels/core/cuda_rows.h"
#include "kernels/mel/mel.h"

namespace sonograd::kernels {

SONOGRAD_CUDA_ROWS(extern const KernelVariant<MelProject> mel_project_naive, mel_project_sparse;
                   extern const KernelVariant<PowerToDb> power_to_db_blocked;)

}  // namespace sonograd::kernels
