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
      std::uint32_t c0 = first + static_cast<std::uint32_t>(block), c1 = mask.example, c2 = mask.step,
                    c3 = mask.stream;
      std::uint32_t k0 = mask.seed_low, k1 = mask.seed_high;
#pragma GCC unroll 10
      for (int round = 0; round < 10; ++round) {  // the same as philox4x32 of tensor/random.h
        const std::uint64_t a = std::uint64_t{0xD2511F53u} * c0;
        const std::uint64_t b = std::uint64_t{0xCD9E8D57u} * c2;
        c0 = static_cast<std::uint32_t>(b >> 32) ^ c1 ^ k0;
        c1 = static_cast<std::uint32_t>(b);
        c2 = static_cast<std::uint32_t>(a >> 32) ^ c3 ^ k1;
        c3 = static_cast<std::uint32_t>(a);
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
      }
      bits[4 * block] = c0;
      bits[4 * block + 1] = c1;
      bits[4 * block + 2] = c2;
      bits[4 * block + 3] = c3;
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
