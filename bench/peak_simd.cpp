#include "bench/peak_simd.h"

#include "kernels/core/simd_vector.h"

namespace sonograd::bench::SONOGRAD_SIMD {

using kernels::SONOGRAD_SIMD::kVector;
using kernels::SONOGRAD_SIMD::Vector;

float multiply_adds(std::int64_t rounds, double* operations) {
  // Enough chains to cover the latency of two multiply-add units, few enough for 16 registers.
  constexpr int kChains = 12;
  const Vector factor = Vector{} + 0.5f, summand = Vector{} + 1.0f;
  Vector chain[kChains];
#pragma GCC unroll 12
  for (int i = 0; i < kChains; ++i)
    chain[i] = Vector{} + static_cast<float>(i);  // all different, or the compiler merges them
  for (std::int64_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
    for (int i = 0; i < kChains; ++i) chain[i] = chain[i] * factor + summand;
  }
  float sum = 0;
#pragma GCC unroll 12
  for (int i = 0; i < kChains; ++i) sum += chain[i][0];
  *operations = 2.0 * kChains * kVector * static_cast<double>(rounds);
  return sum;
}

}  // namespace sonograd::bench::SONOGRAD_SIMD
