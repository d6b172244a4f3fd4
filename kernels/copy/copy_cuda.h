// The CUDA rows of the copy ladder, one file each.
#pragma once

#include "kernels/copy/copy.h"
#include "kernels/core/cuda_rows.h"

namespace sonograd::kernels {

SONOGRAD_CUDA_ROWS(extern const KernelVariant<Copy> copy_naive, copy_vectorized, copy_tiles;)

}  // namespace sonograd::kernels
