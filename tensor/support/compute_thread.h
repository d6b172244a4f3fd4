// Threads that compute: how many threads OpenMP uses from each of them, and how they treat subnormal numbers.
#pragma once

#include <atomic>

namespace sonograd {

/// Threads of a parallel computation (default: the cores this process may run on), whichever thread starts it. Less than 1
/// counts as 1. Work of other threads that runs meanwhile may still use the number before.
void set_threads(int threads);
int threads();

/// Flushes subnormal numbers to zero on the calling thread: published weights are full of them, and they cost 4x on a CPU.
void flush_subnormals();

namespace compute_thread {

/// Changes with every `set_threads`; 0 before the first.
extern constinit std::atomic<unsigned> setting;
/// Those that this thread, and its OpenMP team, were made ready for.
extern constinit thread_local unsigned thread_setting, team_setting;
void make_thread();
void make_team();

}  // namespace compute_thread

/// Makes the calling thread one that computes: subnormals are flushed, and OpenMP, which keeps its number of threads for each
/// thread, uses `threads()` from here, in other libraries, too. To be called where a thread starts. Two loads from the second
/// time on.
inline void prepare_compute_thread() {
  const unsigned setting = compute_thread::setting.load(std::memory_order_acquire);
  if (setting == 0 || setting != compute_thread::thread_setting) compute_thread::make_thread();
}

/// The same for the OpenMP team of the calling thread, too: to be called before a parallel region of ours and before a call
/// of a library that has some.
inline void prepare_compute_team() {
  const unsigned setting = compute_thread::setting.load(std::memory_order_acquire);
  if (setting == 0 || setting != compute_thread::team_setting) compute_thread::make_team();
}

}  // namespace sonograd
