// Threads where the system may refuse some: a limit on processes (ulimit -u, the pids of a container) or on memory.
#pragma once

#include <exception>
#include <thread>
#include <vector>

namespace sonograd {

/// Starts up to `count` threads that run `work(0)`, `work(1)`, …, and returns those that the system allowed. `work` must not
/// throw, and must not rely on another thread to be there.
template <class Work>
std::vector<std::jthread> start_threads(std::size_t count, Work work) {
  std::vector<std::jthread> threads;
  threads.reserve(count);
  try {
    while (threads.size() < count) threads.emplace_back(work, threads.size());
  } catch (const std::exception&) {  // those that run already do the work
  }
  return threads;
}

/// How many of `count` threads the system would allow now: starts them and waits until they have gone.
int startable_threads(int count);

}  // namespace sonograd
