// Counts the requests of this program, libraries included, to the heap and the system.
#pragma once

#include <functional>

namespace sonograd::test {

/// Calls of operator new, aligned_alloc and mmap on this thread while `body` runs, without those of oneDNN inside of its own
/// calls, which cannot be avoided.
int allocations_of(const std::function<void()>& body);

}  // namespace sonograd::test
