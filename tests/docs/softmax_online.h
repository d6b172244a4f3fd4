// What docs/tutorials/write-a-cpu-kernel.md adds to kernels/softmax/softmax_cpu.h.
#pragma once

#include "kernels/softmax/softmax_cpu.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<SoftmaxForward> softmax_forward_online;

}  // namespace sonograd::kernels::cpu
