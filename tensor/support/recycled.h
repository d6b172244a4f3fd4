// Memory of the small host objects that every step makes and destroys (nodes of the tape, handles of arena memory): it is
// kept and used again, so that equal steps allocate nothing on the heap.
#pragma once

#include <memory>
#include <memory_resource>
#include <vector>

namespace sonograd {

/// A pool for all threads: one may release memory that another has allocated. It never shrinks and is never destroyed.
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
