#include "autograd/ops/batch_norm.h"

#include "autograd/tape.h"
#include "kernels/batch_norm/batch_norm.h"

namespace sonograd {

Variable batch_norm(const Variable& x, const Variable& weight, const Variable& bias,
                    const Tensor& running_mean, const Tensor& running_var, bool training, double momentum,
                    double eps) {
  const auto p = kernels::BatchNormProblem::make(x.shape(), x.dtype());
  const Tensor inv_std = Tensor::empty({p.channels}, x.dtype(), x.device());
  Tensor mean = running_mean;
  if (training) {
    mean = Tensor::empty({p.channels}, x.dtype(), x.device());
    kernels::batch_norm_statistics(p, x.data(), eps, mean, inv_std, {running_mean, running_var, momentum});
  } else {
    kernels::inverse_deviation(running_var, eps, inv_std);
  }
  const Tensor y = Tensor::empty(x.shape(), x.dtype(), x.device());
  kernels::batch_norm_apply(p, x.data(), mean, inv_std, weight.data(), bias.data(), set(y));
  return record(
      "batch_norm", {x, weight, bias}, y,
      [p, mean, inv_std, training, x = x.data(), w = weight.data()](const Tensor& dy, Gradients dx) {
        kernels::batch_norm_backward(p, x, dy, mean, inv_std, w, training, dx[0], dx[1], dx[2]);
      });
}

}  // namespace sonograd
