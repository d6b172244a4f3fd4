// Differentiable losses, each the mean over clips (and tags), a scalar; formulas and errors in
// kernels/losses/loss.h and kernels/losses/cross_entropy.h. No gradient flows to targets.
#pragma once

#include "autograd/variable.h"

namespace sonograd {

/// Squared error; x and target have the same shape, with at least one axis.
Variable mse(const Variable& x, const Tensor& target);
/// Binary cross entropy of sigmoid(logits); targets in [0, 1], both [..., C]; `tag_weight` [C] or undefined (all 1).
Variable bce_with_logits(const Variable& logits, const Tensor& target, const Tensor& tag_weight = {});
/// As `bce_with_logits`, with the squared error of sigmoid(logit) for tags that are marked 1 in `mse_tags` (u8 [C]).
Variable bce_mse_mix(const Variable& logits, const Tensor& target, const Tensor& mse_tags,
                     const Tensor& tag_weight = {});
/// Squared error of sigmoid(logits); shapes as for `bce_with_logits`.
Variable mse_with_logits(const Variable& logits, const Tensor& target, const Tensor& tag_weight = {});
/// Cross entropy of softmax(logits), logits [N, C]; target: class indices [N] of i32 in [0, C), or soft targets [N, C].
/// Indices on the host are checked before they are copied to the device of the logits; indices on a device are not, the
/// caller checks them (`check_classes`).
Variable cross_entropy(const Variable& logits, const Tensor& target);

}  // namespace sonograd
