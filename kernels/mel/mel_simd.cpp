#include "kernels/mel/mel_simd.h"

#include "kernels/core/simd_math.h"
#include "kernels/core/simd_vector.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {

using namespace kernels::SONOGRAD_SIMD;

void bands_of_lanes(const float* power, const float* bank, const BandSpan* spans, std::int64_t bands,
                    float* mel) {
  for (std::int64_t m = 0; m < bands; ++m) {
    for (std::int64_t lane = 0; lane < kLanes; lane += kVector) {
      Vector sum = {};
      for (std::int64_t k = spans[m].begin; k < spans[m].end; ++k) {
        sum += load(power + k * kLanes + lane) * bank[k * bands + m];
      }
      store(sum, mel + m * kLanes + lane);
    }
  }
}

namespace {

constexpr float kDbPerNeper = 4.34294481903251827651f;  // 10 / ln 10

SONOGRAD_INLINE inline float decibels_of(float x, float amin, float offset) {
  return kDbPerNeper * simd::log(x < amin ? amin : x) - offset;
}

}  // namespace

// Two loops: one with a choice inside is not vectorised.
void decibels(const float* x, std::int64_t n, float amin, float offset, bool add, float* y) {
  if (add) {
#pragma omp simd
    for (std::int64_t i = 0; i < n; ++i) y[i] += decibels_of(x[i], amin, offset);
  } else {
#pragma omp simd
    for (std::int64_t i = 0; i < n; ++i) y[i] = decibels_of(x[i], amin, offset);
  }
}

void decibels_gradient(const float* x, const float* dy, std::int64_t n, float amin, bool add, float* dx) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) {
    const float gradient = x[i] < amin ? 0.0f : kDbPerNeper * dy[i] / x[i];
    dx[i] = add ? dx[i] + gradient : gradient;
  }
}

float largest(const float* x, std::int64_t n) {
  float best = -__builtin_inff();
#pragma omp simd reduction(max : best)
  for (std::int64_t i = 0; i < n; ++i) best = x[i] > best ? x[i] : best;
  return best;
}

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
