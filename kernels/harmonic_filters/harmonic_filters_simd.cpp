#include "kernels/harmonic_filters/harmonic_filters_simd.h"

#include "kernels/core/simd_vector.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {

using namespace kernels::SONOGRAD_SIMD;

namespace {

// Lanes beyond `count` are 0.
void to_lanes(const float* rows, std::int64_t count, std::int64_t columns, float* lanes) {
  if (count == kLanes) return rows_to_lanes(rows, columns, columns, lanes, kLanes);
  for (std::int64_t c = 0; c < columns; ++c) {
    for (std::int64_t r = 0; r < kLanes; ++r)
      lanes[c * kLanes + r] = r < count ? rows[r * columns + c] : 0.0f;
  }
}

inline SONOGRAD_INLINE Vector filtered(const HarmonicBank& bank, const WeightSpan& span,
                                       const float* x_lanes) {
  const float* weight = bank.weights + span.first;
  Vector sum = {};
  for (std::int64_t i = span.begin; i < span.end; ++i) sum += load(x_lanes + i * kLanes) * *weight++;
  return sum;
}

}  // namespace

void harmonic_block(const HarmonicBank& bank, const float* x, std::int64_t count, bool add, float* y,
                    float* scratch) {
  float* y_lanes = scratch + bank.bins * kLanes;
  to_lanes(x, count, bank.bins, scratch);
  for (std::int64_t m = 0; m < bank.bands; ++m) {
    for (std::int64_t lane = 0; lane < kLanes; lane += kVector)
      store(filtered(bank, bank.spans[m], scratch + lane), y_lanes + m * kLanes + lane);
  }
  lanes_to_rows(y_lanes, bank.bands, count, add, y, bank.bands);
}

void harmonic_block_gradient(const HarmonicBank& bank, const float* dy, std::int64_t count, bool add,
                             float* dx, float* scratch) {
  float* dy_lanes = scratch + bank.bins * kLanes;
  to_lanes(dy, count, bank.bands, dy_lanes);
  __builtin_memset(scratch, 0, static_cast<std::size_t>(bank.bins * kLanes) * sizeof(float));
  for (std::int64_t m = 0; m < bank.bands; ++m) {
    const WeightSpan& span = bank.spans[m];
    for (std::int64_t lane = 0; lane < kLanes; lane += kVector) {
      const Vector gradient = load(dy_lanes + m * kLanes + lane);
      const float* weight = bank.weights + span.first;
      for (std::int64_t i = span.begin; i < span.end; ++i) {
        float* sum = scratch + i * kLanes + lane;
        store(load(sum) + gradient * *weight++, sum);
      }
    }
  }
  lanes_to_rows(scratch, bank.bins, count, add, dx, bank.bins);
}

float harmonic_block_q(const HarmonicBank& bank, const float* x, const float* dy, std::int64_t count,
                       float* scratch) {
  float* dy_lanes = scratch + bank.bins * kLanes;
  to_lanes(x, count, bank.bins, scratch);
  to_lanes(dy, count, bank.bands, dy_lanes);
  Vector total = {};
  for (std::int64_t m = 0; m < bank.bands; ++m) {
    for (std::int64_t lane = 0; lane < kLanes; lane += kVector)
      total += filtered(bank, bank.spans[m], scratch + lane) * load(dy_lanes + m * kLanes + lane);
  }
  return sum(total);
}

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
