// Attention by products of cuBLAS with kernels of ours between them, as rows of its tables: the way of frameworks without a fused
// kernel. There is no row of cuDNN: its fused kernel is a graph of its backend API, for 16-bit types only.
#pragma once

#include "kernels/attention/attention.h"
#include "kernels/vendor/row.h"

namespace sonograd::kernels::vendor {

extern const KernelVariant<AttentionForward> attention_forward_cublas;
extern const KernelVariant<AttentionBackward> attention_backward_cublas;

}  // namespace sonograd::kernels::vendor
