// The CPU row of the mask ladder.
#pragma once

#include "kernels/mask/mask.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<MaskMaps> mask_maps_reference;

}  // namespace sonograd::kernels::cpu
