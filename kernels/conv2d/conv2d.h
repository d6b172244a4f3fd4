// 2-D convolution (cross-correlation) over time and frequency, channels last.
//
//   y[n, t, f, o] = bias[o] + sum over i, j, c of x[n, t', f', c] * weight[o, i, j, c]           (zero outside of x)
//     with t' = t*stride.t - t_before + i*dilation.t and f' = f*stride.f - f_before + j*dilation.f
//
//   x [N, T, F, in], weight [out, kT, kF, in], bias [out] or undefined, y [N, T', F', out]; f32 or bf16, all of them
//   alike (f64: `reference` only)
//   T' = floor((T + t_before + t_after - dilation.t*(kT - 1) - 1) / stride.t) + 1, likewise F'
// The same as PyTorch's Conv2d with groups = 1, in another layout. Errors: ShapeError when extents do not fit, when one of x
// (except N), of the weight or of the output would be < 1, for a stride or dilation < 1 and for negative padding; DTypeError
// for other element types.
#pragma once

#include "kernels/core/pair.h"
#include "kernels/core/variant.h"
#include "kernels/core/weight_cache.h"

namespace sonograd::kernels {

/// Numbers of zeros around the map, >= 0 each.
struct Padding {
  std::int64_t t_before = 0, t_after = 0, f_before = 0, f_after = 0;
  constexpr Padding() = default;
  constexpr Padding(std::int64_t all) : Padding(all, all) {}  // NOLINT: `{.padding = 1}` reads well
  constexpr Padding(std::int64_t time, std::int64_t frequency)
      : t_before(time), t_after(time), f_before(frequency), f_after(frequency) {}
  constexpr Padding(std::int64_t before_t, std::int64_t after_t, std::int64_t before_f, std::int64_t after_f)
      : t_before(before_t), t_after(after_t), f_before(before_f), f_after(after_f) {}
};

struct Conv2dOptions {
  Pair stride = 1;  ///< >= 1
  Padding padding = 0;
  Pair dilation = 1;  ///< >= 1
};

/// Geometry and cost of one convolution; the same for forward and both gradients.
struct Conv2dProblem {
  std::int64_t batch = 0, t = 0, f = 0, in_channels = 0;
  std::int64_t out_t = 0, out_f = 0, out_channels = 0;
  Pair kernel;
  Conv2dOptions options;
  DType dtype = DType::f32;  // of all tensors

  static Conv2dProblem make(const Shape& x, const Shape& weight, const Conv2dOptions& options,
                            DType dtype = DType::f32);
  Shape input_shape() const { return {batch, t, f, in_channels}; }
  Shape weight_shape() const { return {out_channels, kernel.t, kernel.f, in_channels}; }
  Shape output_shape() const { return {batch, out_t, out_f, out_channels}; }
  /// The smaller of the two channel counts; it limits the speed that a convolution can reach.
  std::int64_t narrowest_channels() const { return in_channels < out_channels ? in_channels : out_channels; }
  /// Multiplications and additions of one direction.
  double flops() const;
  /// Bytes of x, weight and y, each touched once.
  double bytes() const;
  std::string summary() const;
};

struct Conv2dForward {
  static constexpr std::string_view name = "conv2d_forward";
  using Problem = Conv2dProblem;
  struct Args {
    View x, weight, bias;
    Out y;
    WeightCache* cache = nullptr;
  };
};
struct Conv2dBackwardData {
  static constexpr std::string_view name = "conv2d_backward_data";
  using Problem = Conv2dProblem;
  struct Args {
    View dy, weight;
    Out dx;
  };
};
struct Conv2dBackwardWeight {
  static constexpr std::string_view name = "conv2d_backward_weight";
  using Problem = Conv2dProblem;
  struct Args {
    View x, dy;
    Out dw;
  };
};

/// y (= or +=) the convolution of x. `bias` may be undefined. `cache` keeps packed weights between calls (WeightCache);
/// null: none.
void conv2d_forward(const Conv2dProblem& p, const View& x, const View& weight, const View& bias, const Out& y,
                    WeightCache* cache = nullptr);
/// dx (= or +=) the adjoint of the convolution in x, applied to dy.
void conv2d_backward_data(const Conv2dProblem& p, const View& dy, const View& weight, const Out& dx);
/// dw (= or +=) the adjoint of the convolution in the weight, applied to dy. (`channel_sum` of dy is the gradient of the
/// bias.)
void conv2d_backward_weight(const Conv2dProblem& p, const View& x, const View& dy, const Out& dw);

}  // namespace sonograd::kernels
