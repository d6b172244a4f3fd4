#include "autograd/ops/batch_norm.h"

#include "autograd/tape.h"

namespace sonograd {
namespace {

// `batch`: true when the statistics are those of x, so that the gradient flows through them.
Variable normalised(const Variable& x, const BatchStatistics& statistics, bool batch, const Variable& weight,
                    const Variable& bias) {
  const auto p = kernels::BatchNormProblem::make(x.shape(), x.dtype());
  const Tensor y = Tensor::empty(x.shape(), x.dtype(), x.device());
  kernels::batch_norm_apply(p, x.data(), statistics.mean, statistics.inv_std, weight.data(), bias.data(),
                            set(y));
  return record("batch_norm", {x, weight, bias}, y,
                [p, statistics, batch, x = x.data(), w = weight.data()](const Tensor& dy, Gradients dx) {
                  kernels::batch_norm_backward(p, x, dy, statistics.mean, statistics.inv_std, w, batch,
                                               dx[0].take(), dx[1].take(), dx[2].take());
                });
}

}  // namespace

BatchStatistics BatchStatistics::empty(std::int64_t channels, DType dtype, Device device) {
  return {Tensor::empty({channels}, dtype, device), Tensor::empty({channels}, dtype, device)};
}

BatchStatistics batch_statistics(const Tensor& x, const RunningStatistics& running, double eps) {
  const auto p = kernels::BatchNormProblem::make(x.shape(), x.dtype());
  auto statistics = BatchStatistics::empty(p.channels, p.channel_dtype(), x.device());
  kernels::batch_norm_statistics(p, x, eps, statistics.mean, statistics.inv_std, running);
  return statistics;
}

Variable batch_norm(const Variable& x, const BatchStatistics& statistics, const Variable& weight,
                    const Variable& bias) {
  return normalised(x, statistics, true, weight, bias);
}

Variable batch_norm(const Variable& x, const Tensor& running_mean, const Tensor& running_var,
                    const Variable& weight, const Variable& bias, double eps) {
  const Tensor inv_std = Tensor::empty(running_var.shape(), running_var.dtype(), x.device());
  kernels::inverse_deviation(running_var, eps, inv_std);
  return normalised(x, {running_mean, inv_std}, false, weight, bias);
}

}  // namespace sonograd
