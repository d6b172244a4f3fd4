// What docs/tutorials/write-a-cpu-kernel.md declares in kernels/softmax/softmax.cpp.
#pragma once

#include "kernels/softmax/softmax.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<SoftmaxForward> softmax_forward_online;

}  // namespace sonograd::kernels::cpu
