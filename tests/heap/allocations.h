// Counts what this program, libraries included, asks the heap and the system for.
#pragma once

#include <functional>

namespace sonograd::test {

/// Calls of operator new, aligned_alloc and mmap on this thread while `body` runs, but for those that oneDNN makes inside of its own calls: nobody
/// can keep it from them.
int allocations_of(const std::function<void()>& body);

}  // namespace sonograd::test
