#include "bench/peak_simd.h"

#include "kernels/core/simd_vector.h"

namespace sonograd::bench::SONOGRAD_SIMD {

using kernels::SONOGRAD_SIMD::kVector;
using kernels::SONOGRAD_SIMD::Vector;

float multiply_adds(std::int64_t rounds, double* operations) {
  // Enough chains to cover the latency of two multiply-add units, few enough for 16 registers.
  constexpr int kChains = 12;
  Vector chain[kChains] = {};
  const Vector factor = Vector{} + 0.5f, summand = Vector{} + 1.0f;
  for (std::int64_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
    for (int i = 0; i < kChains; ++i) chain[i] = chain[i] * factor + summand;
#pragma GCC unroll 12
    for (int i = 0; i < kChains; ++i) asm volatile("" : "+v"(chain[i]));  // or equal chains become one
  }
  float sum = 0;
  for (const Vector& v : chain) sum += v[0];
  *operations = 2.0 * kChains * kVector * static_cast<double>(rounds);
  return sum;
}

}  // namespace sonograd::bench::SONOGRAD_SIMD
