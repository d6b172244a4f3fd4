#include "autograd/ops/loss.h"

#include "autograd/tape.h"
#include "kernels/losses/cross_entropy.h"
#include "kernels/losses/loss.h"

namespace sonograd {
namespace {

using kernels::Criterion;

Variable elementwise(std::string_view name, Criterion criterion, const Variable& x, const Tensor& target,
                     const Tensor& weight, const Tensor& marked) {
  const auto p = kernels::LossProblem::make(criterion, x.shape(), x.dtype());
  const Tensor loss = Tensor::empty({}, x.dtype(), x.device());
  kernels::loss_forward(p, x.data(), target, weight, marked, set(loss));
  return record(name, {x}, loss,
                [p, x = x.data(), target, weight, marked](const Tensor& dloss, Gradients dx) {
                  kernels::loss_backward(p, x, target, weight, marked, dloss, dx[0].take());
                });
}

}  // namespace

Variable mse(const Variable& x, const Tensor& target) {
  return elementwise("mse", Criterion::squared_error, x, target, {}, {});
}

Variable bce_with_logits(const Variable& logits, const Tensor& target, const Tensor& tag_weight) {
  return elementwise("bce_with_logits", Criterion::bce_with_logits, logits, target, tag_weight, {});
}

Variable bce_mse_mix(const Variable& logits, const Tensor& target, const Tensor& mse_tags,
                     const Tensor& tag_weight) {
  return elementwise("bce_mse_mix", Criterion::bce_mse_mix, logits, target, tag_weight, mse_tags);
}

Variable mse_with_logits(const Variable& logits, const Tensor& target, const Tensor& tag_weight) {
  return elementwise("mse_with_logits", Criterion::mse_with_logits, logits, target, tag_weight, {});
}

Variable cross_entropy(const Variable& logits, const Tensor& target) {
  const auto p = kernels::CrossEntropyProblem::make(logits.shape(), target.shape(), logits.dtype());
  const Device device = logits.device();
  const Tensor loss = Tensor::empty({}, logits.dtype(), device);
  if (!p.soft && target.device() == Device{} && device != Device{})
    kernels::check_classes(target.span<std::int32_t>(), p.classes);
  const Tensor there = target.to(device);
  kernels::cross_entropy_forward(p, logits.data(), there, set(loss));
  return record("cross_entropy", {logits}, loss,
                [p, x = logits.data(), target = there](const Tensor& dloss, Gradients dx) {
                  kernels::cross_entropy_backward(p, x, target, dloss, dx[0].take());
                });
}

}  // namespace sonograd
