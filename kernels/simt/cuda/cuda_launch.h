// Launches on a GPU, without headers of CUDA.
#pragma once

#include <string_view>

#include "kernels/core/grid.h"

namespace sonograd::kernels::cuda {

struct Launch {
  std::string_view name;
  Grid grid;
  const void* kernel = nullptr;
  bool cooperative = false;
};

/// `params`: the parameter of the kernel. Throws KernelError.
void launch(const Launch& launch, const void* params);
unsigned resident_blocks(const void* kernel, unsigned threads, std::size_t shared_bytes);

}  // namespace sonograd::kernels::cuda
