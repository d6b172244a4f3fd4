// Differentiable losses, each the mean over clips (and tags), a scalar; formulas and errors in
// kernels/losses/loss.h and kernels/losses/cross_entropy.h. No gradient flows to targets.
#pragma once

#include "autograd/variable.h"

namespace sonograd {

/// x and target of any equal shape with at least one axis.
Variable mse(const Variable& x, const Tensor& target);
/// Logits and targets in [0, 1], both [..., C]; `tag_weight` [C] or undefined.
Variable bce_with_logits(const Variable& logits, const Tensor& target, const Tensor& tag_weight = {});
/// As `bce_with_logits`, but tags marked 1 in `mse_tags` (u8 [C]) get the squared error of sigmoid(logit).
Variable bce_mse_mix(const Variable& logits, const Tensor& target, const Tensor& mse_tags,
                     const Tensor& tag_weight = {});
/// Logits [N, C]; target: class indices [N] of i32, or soft targets [N, C]. A target on the host is checked there and then
/// brought to the logits; indices that are on a device already must be right (`check_classes`).
Variable cross_entropy(const Variable& logits, const Tensor& target);

}  // namespace sonograd
