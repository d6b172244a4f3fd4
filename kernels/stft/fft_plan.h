// Stages and twiddle factors of the transforms, computed once per length, in double.
#pragma once

#include <vector>

#include "kernels/stft/fft_simd.h"

namespace sonograd::kernels::cpu {

class FftPlan {
 public:
  /// Plans a transform of `n` >= 1 real points.
  explicit FftPlan(std::int64_t n);
  const RealFft& fft() const { return fft_; }

 private:
  std::vector<std::vector<float>> tables_;
  std::vector<FftStage> stages_;
  RealFft fft_;
};

/// The plan for `n`, made on first use and kept by the process.
const FftPlan& fft_plan(std::int64_t n);

}  // namespace sonograd::kernels::cpu
