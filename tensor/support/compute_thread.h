// Threads that compute: how many threads OpenMP uses from each of them, and how they treat subnormal numbers.
#pragma once

#include <atomic>

#include "tensor/support/waiting.h"

namespace sonograd {

/// Threads of a parallel computation, whichever thread starts it (default: `core_budget`): 1 at least, and no more than the system
/// and OMP_THREAD_LIMIT allow. Computations of other threads that run at the time of the call may still use the number before.
void set_threads(int threads);
int threads();

/// Flushes subnormal numbers to zero on the calling thread: published weights contain many, and arithmetic on them is four
/// times slower on a CPU.
void flush_subnormals();

namespace compute_thread {

/// Changes with every `set_threads`; 0 before the first.
extern constinit std::atomic<unsigned> setting;
/// Values of `setting` for which this thread, and its OpenMP team, were prepared.
extern constinit thread_local unsigned thread_setting, team_setting;
void make_thread();
void make_team();

}  // namespace compute_thread

/// Prepares the calling thread for computations: subnormals are flushed, and OpenMP, which keeps its number of threads for
/// each thread, uses `threads()` from here on, in other libraries, too. To be called where a thread starts. From the second
/// call on it costs two loads.
inline void prepare_compute_thread() {
  const unsigned setting = compute_thread::setting.load(std::memory_order_acquire);
  if (setting == 0 || setting != compute_thread::thread_setting) compute_thread::make_thread();
}

/// Prepares the OpenMP team of the calling thread as well: to be called before a parallel region, of our own or in a library.
inline void prepare_compute_team() {
  adapt_waiting();
  const unsigned setting = compute_thread::setting.load(std::memory_order_acquire);
  if (setting == 0 || setting != compute_thread::team_setting) compute_thread::make_team();
}

}  // namespace sonograd
