#include "tensor/support/recycled.h"

namespace sonograd {

std::pmr::memory_resource& recycled_memory() {
  // Larger blocks come from the heap each time; the lists that an optimiser makes of the parameters are smaller.
  constexpr std::pmr::pool_options kOptions = {.max_blocks_per_chunk = 0,
                                               .largest_required_pool_block = 1 << 20};
  static auto& pool = *new std::pmr::synchronized_pool_resource(kOptions);
  return pool;
}

}  // namespace sonograd
