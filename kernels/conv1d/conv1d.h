// 1-D convolution (cross-correlation) over time, channels last.
//
//   y[n, t, o] = bias[o] + sum over i, c of x[n, t*stride - pad_before + i*dilation, c] * weight[o, i, c]
//                                                                                        (zero outside of x)
//
//   x [N, T, in], weight [out, k, in], bias [out] or undefined, y [N, T', out]; f32 (f64: `reference` only)
//   T' = floor((T + pad_before + pad_after - dilation*(k - 1) - 1) / stride) + 1
// Errors: ShapeError when extents do not fit or T' would be < 1; DTypeError for other element types.
#pragma once

#include "kernels/core/variant.h"
#include "kernels/core/weight_cache.h"

namespace sonograd::kernels {

/// Steps of at least 1, paddings of at least 0, all in positions along time.
struct Conv1dOptions {
  std::int64_t stride = 1;
  std::int64_t pad_before = 0;
  std::int64_t pad_after = 0;
  std::int64_t dilation = 1;
};

/// Geometry and cost of one convolution; the same for forward and both gradients.
struct Conv1dProblem {
  std::int64_t batch = 0, t = 0, in_channels = 0;
  std::int64_t out_t = 0, out_channels = 0, kernel = 0;
  Conv1dOptions options;
  DType dtype = DType::f32;

  static Conv1dProblem make(const Shape& x, const Shape& weight, const Conv1dOptions& options,
                            DType dtype = DType::f32);
  Shape input_shape() const { return {batch, t, in_channels}; }
  Shape weight_shape() const { return {out_channels, kernel, in_channels}; }
  Shape output_shape() const { return {batch, out_t, out_channels}; }
  /// The smaller of the two channel counts: what decides whether a convolution can be fast.
  std::int64_t narrowest_channels() const { return in_channels < out_channels ? in_channels : out_channels; }
  /// Multiplications and additions of one direction.
  double flops() const;
  /// Bytes of x, weight and y, each touched once.
  double bytes() const;
  std::string summary() const;
};

struct Conv1dForward {
  static constexpr std::string_view name = "conv1d_forward";
  using Problem = Conv1dProblem;
  struct Args {
    View x, weight, bias;
    Out y;
    WeightCache* cache = nullptr;
  };
};
struct Conv1dBackwardData {
  static constexpr std::string_view name = "conv1d_backward_data";
  using Problem = Conv1dProblem;
  struct Args {
    View dy, weight;
    Out dx;
  };
};
struct Conv1dBackwardWeight {
  static constexpr std::string_view name = "conv1d_backward_weight";
  using Problem = Conv1dProblem;
  struct Args {
    View x, dy;
    Out dw;
  };
};

/// `cache`: see WeightCache; may be null.
void conv1d_forward(const Conv1dProblem& p, const View& x, const View& weight, const View& bias, const Out& y,
                    WeightCache* cache = nullptr);
/// dx = the adjoint of the convolution in x, applied to dy.
void conv1d_backward_data(const Conv1dProblem& p, const View& dy, const View& weight, const Out& dx);
/// dw = the adjoint of the convolution in the weight, applied to dy.
void conv1d_backward_weight(const Conv1dProblem& p, const View& x, const View& dy, const Out& dw);

}  // namespace sonograd::kernels
