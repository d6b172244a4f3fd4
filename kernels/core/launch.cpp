#include "kernels/core/launch.h"

#include <algorithm>
#include <atomic>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sonograd::kernels {
namespace {
std::atomic<int> current_threads = 0;
}

void flush_subnormals() {
#if defined(__x86_64__)
  _mm_setcsr(_mm_getcsr() | 0x8040u);  // flush to zero, denormals are zero
#endif
}

void set_threads(int threads) {
  const int count = std::max(1, threads);
  current_threads = count;
  omp_set_dynamic(0);
  omp_set_num_threads(count);
#pragma omp parallel num_threads(count)
  flush_subnormals();
}

int threads() {
  if (current_threads == 0) set_threads(omp_get_num_procs());
  return current_threads;
}

}  // namespace sonograd::kernels
