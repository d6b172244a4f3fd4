// Random numbers of tensor/random.h in loops that the compiler vectorises, a block of four words per vector lane. Only for
// `*_simd.cpp` files.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels::simd {

/// The words of a RandomKey.
struct RandomWords {
  std::uint32_t example, step, stream, seed_low, seed_high;
};

/// words[0] to words[3] = block `block`, the same as philox4x32.
static inline SONOGRAD_INLINE void random_block(const RandomWords& key, std::uint32_t block,
                                                std::uint32_t* words) {
  std::uint32_t c0 = block, c1 = key.example, c2 = key.step, c3 = key.stream;
  std::uint32_t k0 = key.seed_low, k1 = key.seed_high;
#pragma GCC unroll 10
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53u} * c0;
    const std::uint64_t b = std::uint64_t{0xCD9E8D57u} * c2;
    c0 = static_cast<std::uint32_t>(b >> 32) ^ c1 ^ k0;
    c1 = static_cast<std::uint32_t>(b);
    c2 = static_cast<std::uint32_t>(a >> 32) ^ c3 ^ k1;
    c3 = static_cast<std::uint32_t>(a);
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  words[0] = c0, words[1] = c1, words[2] = c2, words[3] = c3;
}

}  // namespace sonograd::kernels::simd
