// The row that docs/tutorials/write-a-cpu-kernel.md declares in kernels/softmax/softmax.cpp, and the reference beside it.
#pragma once

#include "kernels/softmax/softmax.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<SoftmaxForward> softmax_forward_reference, softmax_forward_online;

}  // namespace sonograd::kernels::cpu
