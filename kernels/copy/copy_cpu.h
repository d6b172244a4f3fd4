// The CPU rows of the copy ladder.
#pragma once

#include "kernels/copy/copy.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<Copy> copy_reference, copy_rows;

}  // namespace sonograd::kernels::cpu
