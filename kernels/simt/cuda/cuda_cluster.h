// Launches of clusters on a GPU, without headers of CUDA.
#pragma once

#include "kernels/simt/cuda/cuda_launch.h"

namespace sonograd::kernels::cuda {

/// `launch` in clusters of `blocks` neighbours along x. Throws KernelError.
void launch_clusters(const Launch& launch, unsigned blocks, const void* params);
/// Number of such clusters that the current device holds at a time.
unsigned resident_clusters(const void* kernel, unsigned blocks, unsigned threads, std::size_t shared_bytes);

}  // namespace sonograd::kernels::cuda
