#include "tensor/support/compute_thread.h"

#include <algorithm>
#include <mutex>
#include <omp.h>

#include "tensor/support/core_budget.h"
#include "tensor/support/start_threads.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sonograd {
namespace {
std::atomic<int> current_threads = 0;

// A team of OpenMP that lacks a thread ends the process, and libraries wait for ever for members that a limit of OpenMP keeps
// out: so the size of a team is what is possible. Threads of a team stay, so a size that was possible is not tried again. One
// caller tries at a time: the threads of two would count together.
int possible_threads(int count) {
  static std::mutex mutex;
  static int proven = 1;
  const int most = std::clamp(count, 1, std::max(1, omp_get_thread_limit()));
  const std::lock_guard lock(mutex);
  if (most > proven) proven = std::max(proven, 1 + startable_threads(most - 1));
  return std::min(most, proven);
}

}  // namespace

namespace compute_thread {

constinit std::atomic<unsigned> setting = 0;
constinit thread_local unsigned thread_setting = 0, team_setting = 0;

// The setting is read before the number: a number that changes in between belongs to a later setting, for which the thread is
// prepared again.
void make_thread() {
  threads();  // gives the first setting
  thread_setting = setting.load(std::memory_order_acquire);
  const int count = threads();
  flush_subnormals();
  omp_set_dynamic(0);
  omp_set_num_threads(count);
}

// A region that runs inside another one has no team of its own.
void make_team() {
  make_thread();
  const unsigned made_for = thread_setting;
#pragma omp parallel num_threads(threads())
  {
    flush_subnormals();
    thread_setting = team_setting = made_for;
  }
}

}  // namespace compute_thread

void flush_subnormals() {
#if defined(__x86_64__)
  _mm_setcsr(_mm_getcsr() | 0x8040u);  // flush to zero, denormals are zero
#endif
}

void set_threads(int threads) {
  current_threads = possible_threads(threads);
  ++compute_thread::setting;
  compute_thread::make_team();
}

int threads() {
  if (const int count = current_threads.load(std::memory_order_relaxed); count != 0) return count;
  int unset = 0;
  if (current_threads.compare_exchange_strong(unset, possible_threads(core_budget().cores))) {
    ++compute_thread::setting;
    compute_thread::make_team();
  }
  return current_threads;
}

}  // namespace sonograd
