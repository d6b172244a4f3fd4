// Convolution, and the batch statistics of its output: the first half of a convolution block in training.
//
//   y = conv2d(x, weight) + bias                              as in kernels/conv2d/conv2d.h
//   mean, inv_std, running statistics of y, per channel       as in kernels/batch_norm/batch_norm.h
//
//   x [N, T, F, in], weight [out, kT, kF, in], bias [out] or undefined, y [N, T', F', out]: f32 or bf16 (f64: `composed` only).
//   Everything else [out] and f32 (f64 where x is): the statistics are those of the sums before they are rounded to bf16.
//   All outputs are replaced; running statistics are updated in place. The gradient is that of conv2d; the gradient through
//   the statistics is part of the gradient of the normalisation.
// Errors: those of conv2d and batch_norm; ShapeError for fewer than two positions per channel.
#pragma once

#include "kernels/batch_norm/batch_norm.h"
#include "kernels/conv2d/conv2d.h"

namespace sonograd::kernels {

/// A convolution with at least two positions per channel.
struct Conv2dBnStatsProblem : Conv2dProblem {
  static Conv2dBnStatsProblem make(const Shape& x, const Shape& weight, const Conv2dOptions& options,
                                   DType dtype = DType::f32);
};

struct Conv2dBnStats {
  static constexpr std::string_view name = "conv2d_bn_stats";
  using Problem = Conv2dBnStatsProblem;
  struct Args {
    View x, weight, bias;
    double eps;
    View y, mean, inv_std;
    RunningStatistics running;
  };
};

void conv2d_bn_stats(const Conv2dBnStatsProblem& p, const View& x, const View& weight, const View& bias,
                     double eps, const View& y, const View& mean, const View& inv_std,
                     const RunningStatistics& running = {});

}  // namespace sonograd::kernels
