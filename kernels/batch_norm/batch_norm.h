// Batch normalisation over the last axis: all other axes are the batch (Ioffe and Szegedy, "Batch normalization", 2015).
//
//   mean[c] = the mean of x[:, c]; variance[c] = its biased variance; inv_std = 1 / sqrt(variance + eps)
//   y = (x - mean) * inv_std * weight + bias
//   running_mean += momentum * (mean - running_mean); running_var likewise, with the unbiased variance
//   dbias = sum of dy;  dweight = sum of dy * xhat, xhat = (x - mean) * inv_std
//   dx = weight * inv_std * (dy - dbias / M - xhat * dweight / M), M rows
//        (without the last two terms when the statistics were constants: evaluation)
//
//   x, y [..., C] with M = all but the last axis, f32 or bf16 (f64: `reference` only); everything else [C] and f32 (f64 where
//   x is). eps > 0; momentum, the weight of the new batch, in [0, 1]. Variances are sums of squared differences (Welford;
//   Chan, Golub and LeVeque 1983), merged in a fixed order.
// Errors: ShapeError when extents do not fit, for an empty x, or for statistics of fewer than two rows; ConfigError for eps or
// momentum outside of their range.
#pragma once

#include "kernels/core/stored.h"
#include "kernels/core/variant.h"

namespace sonograd::kernels {

struct BatchNormProblem {
  Shape shape;
  std::int64_t rows = 0, channels = 0;
  DType dtype = DType::f32;  // type of x, y and their gradients

  static BatchNormProblem make(const Shape& x, DType dtype = DType::f32);
  /// Operations of the normalisation.
  double flops() const { return 3.0 * static_cast<double>(shape.numel()); }
  /// Type of the statistics, of the parameters and of their gradients.
  DType channel_dtype() const { return computed_dtype(dtype); }
  /// Bytes of one map.
  double bytes() const { return static_cast<double>(size_of(dtype)) * static_cast<double>(shape.numel()); }
  std::string summary() const { return concat(shape, ' ', name_of(dtype)); }
};

/// Moving averages [C], updated in place; undefined views: none are kept.
struct RunningStatistics {
  View mean, var;
  double momentum = 0.1;  ///< weight of the new batch, in [0, 1]
};

struct BatchNormStatistics {
  static constexpr std::string_view name = "batch_norm_statistics";
  using Problem = BatchNormProblem;
  static double bytes(const Problem& p) { return p.bytes(); }
  struct Args {
    View x;
    double eps;
    View mean, inv_std;
    RunningStatistics running;
  };
};
struct InverseDeviation {
  static constexpr std::string_view name = "inverse_deviation";
  using Problem = BatchNormProblem;  // with a single row
  static double bytes(const Problem& p) { return 2 * p.bytes(); }
  struct Args {
    View variance;
    double eps;
    View inv_std;
  };
};
struct BatchNormApply {
  static constexpr std::string_view name = "batch_norm_apply";
  using Problem = BatchNormProblem;
  static double bytes(const Problem& p) { return 2 * p.bytes(); }
  struct Args {
    View x, mean, inv_std, weight, bias;
    Out y;
  };
};
struct BatchNormBackward {
  static constexpr std::string_view name = "batch_norm_backward";
  using Problem = BatchNormProblem;
  static double bytes(const Problem& p) { return 5 * p.bytes(); }
  struct Args {
    View x, dy, mean, inv_std, weight;
    bool batch_statistics;
    Out dx, dweight, dbias;
  };
};

/// Replaces mean and inv_std and updates the running statistics. x must have at least two rows.
void batch_norm_statistics(const BatchNormProblem& p, const View& x, double eps, const View& mean,
                           const View& inv_std, const RunningStatistics& running = {});
/// inv_std = 1 / sqrt(variance + eps), for evaluation, where the variance is a moving average.
void inverse_deviation(const View& variance, double eps, const View& inv_std);
void batch_norm_apply(const BatchNormProblem& p, const View& x, const View& mean, const View& inv_std,
                      const View& weight, const View& bias, const Out& y);
/// `batch_statistics`: mean and inv_std are those of x, and the gradient flows through them; else they are constants.
/// Undefined outputs are not computed.
void batch_norm_backward(const BatchNormProblem& p, const View& x, const View& dy, const View& mean,
                         const View& inv_std, const View& weight, bool batch_statistics, const Out& dx,
                         const Out& dweight, const Out& dbias);

}  // namespace sonograd::kernels
