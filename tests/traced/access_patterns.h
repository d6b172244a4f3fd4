// Kernels of one warp, and the cost of their stores.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "tests/simt/primitive.h"

namespace sonograd::kernels {

struct AccessPattern {
  std::string_view name;
  std::function<void(const WordBuffers&)> run;  ///< takes buffers of 1024 words
  std::size_t sectors;                          ///< sectors of the store to global memory
  std::size_t bank_cycles;                      ///< cycles of the store to shared memory; 0: there is none
};

SONOGRAD_CUDA_ROWS(std::vector<AccessPattern> access_patterns();)

}  // namespace sonograd::kernels
