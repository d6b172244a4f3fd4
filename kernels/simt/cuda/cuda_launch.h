// Launching on a GPU, without its headers.
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

/// `params`: the kernel's one parameter. Throws KernelError.
void launch(const Launch& launch, const void* params);
unsigned resident_blocks(const void* kernel, unsigned threads, std::size_t shared_bytes);

}  // namespace sonograd::kernels::cuda
