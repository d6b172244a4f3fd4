#include "kernels/dropout/dropout_simd.h"

#include "kernels/core/simd_stored.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {

using simd::narrow, simd::widen;

template <class T>
void drop(const DropoutMask& mask, std::uint32_t first_block, const T* x, std::int64_t n, bool add, T* y) {
  constexpr std::int64_t kBlocks = 64;
  for (std::int64_t start = 0; start < n; start += 4 * kBlocks) {
    std::uint32_t bits[4 * kBlocks];
    const auto first = first_block + static_cast<std::uint32_t>(start / 4);
#pragma omp simd
    for (std::int64_t block = 0; block < kBlocks; ++block) {
      simd::random_block(mask.key, first + static_cast<std::uint32_t>(block), bits + 4 * block);
    }
    const std::int64_t count = n - start < 4 * kBlocks ? n - start : 4 * kBlocks;
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i) {
      const float scaled = widen(x[start + i]) * mask.scale;
      const float kept = bits[i] < mask.threshold ? 0.0f : scaled;
      narrow(add ? widen(y[start + i]) + kept : kept, y[start + i]);
    }
  }
}

template void drop(const DropoutMask&, std::uint32_t, const float*, std::int64_t, bool, float*);
template void drop(const DropoutMask&, std::uint32_t, const bf16*, std::int64_t, bool, bf16*);

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
