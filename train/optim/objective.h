// What training minimises, and what validation compares.
#pragma once

#include <span>

#include "autograd/variable.h"
#include "train/config/settings.h"
#include "train/data/dataset.h"

namespace sonograd::train {

/// Tags: binary cross-entropy of each, or squared error of the probability for those in `loss.mse_tags`, mean
/// over tags. Label: cross-entropy. Training smooths the targets (towards 1/2 for tags, 1/labels for a label)
/// and weighs the labels; validation does neither, so that its values compare between runs.
class Objective {
 public:
  /// `train` gives the support that `balanced` weights come from. Throws ConfigError for an `mse_tags` entry
  /// that is not a label, or with a label task.
  Objective(const Settings& settings, const LabelSet& labels, const ClipList& train);

  /// Mean over the batch; logits and targets [N, labels].
  Variable training_loss(const Variable& logits, std::span<const float> targets) const;
  /// Of one chunk.
  double validation_loss(std::span<const float> logits, std::span<const float> targets) const;

 private:
  Task task_;
  double smoothing_;
  Tensor weights_;   ///< [labels] f32 with mean 1; undefined: equal
  Tensor mse_mask_;  ///< [labels] u8; undefined: none
};

}  // namespace sonograd::train
