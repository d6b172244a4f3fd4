// Convolution of a map with one channel on the CPU, prepared once and run row by row: for the variant `one_channel` and
// for ops that fuse the first layer with the next ones.
#pragma once

#include "kernels/conv2d/conv2d.h"
#include "kernels/conv2d/cpu/one_channel_simd.h"

namespace sonograd::kernels::cpu {

/// The reason for which `OneChannelForward` does not support a problem; null: it does.
const char* why_not_one_channel(const Conv2dProblem& p, const Context& context);

/// Bytes of a float32 copy of the map with its padding, [N, t_before + T + t_after, f_before + F + f_after].
std::size_t padded_map_bytes(const Conv2dProblem& p);
/// Makes the copy. T: float or bf16.
template <class T>
const float* pad_map(const Conv2dProblem& p, const T* x, Workspace& workspace);

class OneChannelForward {
 public:
  static std::size_t workspace(const Conv2dProblem& p);
  /// Copies the map with its padding, and packs weight and bias, as float32. `bias` may be undefined. The arguments are not
  /// read afterwards.
  OneChannelForward(const Conv2dProblem& p, const View& x, const View& weight, const View& bias,
                    Workspace& workspace);

  /// Computes row `out_row` of N * T' rows: y [F', out], float or bf16.
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
