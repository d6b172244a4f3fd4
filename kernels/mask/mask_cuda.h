// The CUDA row of the mask ladder.
#pragma once

#include "kernels/core/cuda_rows.h"
#include "kernels/mask/mask.h"

namespace sonograd::kernels {

SONOGRAD_CUDA_ROWS(extern const KernelVariant<MaskMaps> mask_maps_block_per_map;)

}  // namespace sonograd::kernels
