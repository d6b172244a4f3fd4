// Differentiable losses; formulas and errors in kernels/loss/loss.h. Targets get no gradient.
#pragma once

#include "autograd/variable.h"

namespace sonograd {

/// Options of the tag loss, per tag.
struct TagLossOptions {
  Tensor weight;    ///< [C] >= 0; undefined: ones
  Tensor mse_mask;  ///< [C] u8, 1: squared error instead of cross-entropy; undefined: none
};

/// Binary cross-entropy with logits, mean over [N, C]; with a mask, the squared error for some tags.
Variable tag_loss(const Variable& logits, const Tensor& targets, const TagLossOptions& options = {});
/// Cross-entropy of softmax(logits) [N, C] against rows of targets that sum to 1, mean over N.
Variable cross_entropy(const Variable& logits, const Tensor& targets);
/// Mean squared error over [N, C].
Variable mse(const Variable& x, const Tensor& targets);

}  // namespace sonograd
