#include "tensor/support/recycled.h"

namespace sonograd {

std::pmr::memory_resource& recycled_memory() {
  static auto& pool = *new std::pmr::synchronized_pool_resource;
  return pool;
}

}  // namespace sonograd
