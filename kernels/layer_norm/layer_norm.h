// Layer normalisation over the last axis (Ba, Kiros, Hinton, "Layer normalization", 2016).
//
//   y[r, i] = n[r, i] weight[i] + bias[i],   n = (x - mean[r]) inv_std[r],   inv_std = 1 / sqrt(var + eps), var biased
//   dx[r, i] = inv_std[r] (g[i] - mean of g - n[r, i] * mean of g n[r]),     g = dy[r] weight
//   dw[i] = sum over r of dy[r, i] n[r, i]                     (the bias gradient is a channel_sum of dy)
//
//   x, y [..., D] with D >= 1, weight, bias [D], mean, inv_std [...] saved for backward; f32 (f64: `reference` only). x, y and
//   their gradients may be bf16; weight, bias, their gradients and the statistics are f32 then, too.
//   eps > 0
// Errors: ShapeError when extents do not fit; DTypeError for other element types; ConfigError for eps.
#pragma once

#include "kernels/core/variant.h"

namespace sonograd::kernels {

struct LayerNormProblem {
  Shape shape, rows_shape;  ///< shapes of x, and of mean and inv_std
  std::int64_t rows = 0, width = 0;
  double eps = 1e-5;
  DType dtype = DType::f32;  ///< type of x

  static LayerNormProblem make(const Shape& x, double eps, DType dtype = DType::f32);
  double flops() const { return 8.0 * static_cast<double>(shape.numel()); }
  /// Bytes of `tensors` tensors like x, each touched once: 2 forward, 3 backward.
  double bytes(int tensors) const;
  std::string summary() const { return concat(shape, ' ', name_of(dtype)); }
};

struct LayerNormForward {
  static constexpr std::string_view name = "layer_norm_forward";
  using Problem = LayerNormProblem;
  static double bytes(const Problem& p) { return p.bytes(2); }
  struct Args {
    View x, weight, bias;
    Out y;
    View mean, inv_std;
  };
};
struct LayerNormBackwardData {
  static constexpr std::string_view name = "layer_norm_backward_data";
  using Problem = LayerNormProblem;
  static double bytes(const Problem& p) { return p.bytes(3); }
  struct Args {
    View x, weight, mean, inv_std, dy;
    Out dx;
  };
};
struct LayerNormBackwardWeight {
  static constexpr std::string_view name = "layer_norm_backward_weight";
  using Problem = LayerNormProblem;
  static double bytes(const Problem& p) { return p.bytes(2); }
  struct Args {
    View x, mean, inv_std, dy;
    Out dw;
  };
};

/// `mean` and `inv_std` are always replaced.
void layer_norm_forward(const LayerNormProblem& p, const View& x, const View& weight, const View& bias,
                        const Out& y, const View& mean, const View& inv_std);
void layer_norm_backward_data(const LayerNormProblem& p, const View& x, const View& weight, const View& mean,
                              const View& inv_std, const View& dy, const Out& dx);
void layer_norm_backward_weight(const LayerNormProblem& p, const View& x, const View& mean,
                                const View& inv_std, const View& dy, const Out& dw);

}  // namespace sonograd::kernels
