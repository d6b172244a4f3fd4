// The convolution of a map with one channel on the CPU, prepared once and run row by row: what the variant
// `one_channel` and the fusions with what follows the first layer share.
#pragma once

#include "kernels/conv2d/conv2d.h"
#include "kernels/conv2d/cpu/one_channel_simd.h"

namespace sonograd::kernels::cpu {

/// Null, or why this is no convolution of a map with one channel.
const char* why_not_one_channel(const Conv2dProblem& p, const Context& context);

class OneChannelForward {
 public:
  static std::size_t workspace(const Conv2dProblem& p);
  /// Lays the map inside its zeros and packs weight and bias, as float32. `bias` may be undefined; the arguments are read here only.
  OneChannelForward(const Conv2dProblem& p, const View& x, const View& weight, const View& bias,
                    Workspace& workspace);

  /// Row `out_row` of N * T' rows: y [F', out], float or bf16.
  template <class T>
  void run(std::int64_t out_row, Store mode, T* y) const {
    SONOGRAD_SIMD_CALL(one_channel_forward_row<T>)(row_, rows_under(out_row), weight_, bias_, mode, y);
  }

 private:
  const float* rows_under(std::int64_t out_row) const;

  Conv2dProblem problem_;
  OneChannelRow row_;
  const float *map_, *weight_, *bias_;
};

}  // namespace sonograd::kernels::cpu
