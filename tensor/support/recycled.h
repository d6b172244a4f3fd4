// Memory of the small host objects that come and go with every step (nodes of the tape, handles of arena memory): kept when
// they go and used again, so that equal steps ask the heap for nothing.
#pragma once

#include <memory>
#include <memory_resource>
#include <vector>

namespace sonograd {

/// Threads may give back what others took. Never shrinks, and outlives everything.
std::pmr::memory_resource& recycled_memory();

template <class T, class... Args>
std::shared_ptr<T> make_recycled(Args&&... args) {
  return std::allocate_shared<T>(std::pmr::polymorphic_allocator<T>(&recycled_memory()),
                                 std::forward<Args>(args)...);
}

/// A vector in such memory.
template <class T>
struct RecycledVector : std::pmr::vector<T> {
  RecycledVector() : std::pmr::vector<T>(&recycled_memory()) {}
};

}  // namespace sonograd
