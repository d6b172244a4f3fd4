#include "kernels/copy/copy_simd.h"

#include "kernels/core/simd_stored.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {

using simd::narrow, simd::widen;

template <class From, class To>
void copy_line(const From* __restrict x, std::int64_t n, bool add, To* __restrict y) {
  if (add) {
#pragma omp simd
    for (std::int64_t i = 0; i < n; ++i) narrow(widen(y[i]) + widen(x[i]), y[i]);
  } else {
#pragma omp simd
    for (std::int64_t i = 0; i < n; ++i) narrow(widen(x[i]), y[i]);
  }
}

template void copy_line(const float*, std::int64_t, bool, float*);
template void copy_line(const float*, std::int64_t, bool, bf16*);
template void copy_line(const bf16*, std::int64_t, bool, float*);
template void copy_line(const bf16*, std::int64_t, bool, bf16*);

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
