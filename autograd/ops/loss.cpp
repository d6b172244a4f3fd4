#include "autograd/ops/loss.h"

#include "autograd/tape.h"
#include "kernels/loss/loss.h"

namespace sonograd {
namespace {

using Forward = void (*)(const kernels::LossProblem&, const kernels::LossArgs&);
using Backward = void (*)(const kernels::LossProblem&, const kernels::LossBackwardArgs&);

Variable loss(std::string_view name, Forward forward, Backward backward, const Variable& logits,
              const Tensor& targets, const TagLossOptions& options) {
  const auto p = kernels::LossProblem::make(logits.shape(), logits.dtype());
  const Tensor y = Tensor::empty({}, logits.dtype(), logits.device());
  forward(p, {logits.data(), targets, options.weight, options.mse_mask, set(y)});
  return record(name, {logits}, y, [=, x = logits.data()](const Tensor& dy, Gradients dx) {
    if (dx[0]) backward(p, {x, targets, options.weight, options.mse_mask, dy, dx[0]});
  });
}

}  // namespace

Variable tag_loss(const Variable& logits, const Tensor& targets, const TagLossOptions& options) {
  return loss("tag_loss", kernels::tag_loss, kernels::tag_loss_backward, logits, targets, options);
}

Variable cross_entropy(const Variable& logits, const Tensor& targets) {
  return loss("cross_entropy", kernels::cross_entropy, kernels::cross_entropy_backward, logits, targets, {});
}

Variable mse(const Variable& x, const Tensor& targets) {
  return loss("mse", kernels::mse, kernels::mse_backward, x, targets, {});
}

}  // namespace sonograd
