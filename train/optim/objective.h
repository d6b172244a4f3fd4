// The loss: minimised by training, compared by validation.
#pragma once

#include <span>

#include "autograd/variable.h"
#include "train/config/settings.h"
#include "train/data/dataset.h"

namespace sonograd::train {

/// Multi-label: binary cross-entropy of each tag, or squared error of the probability for those in `loss.mse_tags`
/// and for all under `loss.name = mse`; mean over tags. Multi-class: cross-entropy. Training smooths the targets
/// (towards 1/2 multi-label, 1/labels multi-class) and weighs the labels, and the positive part of the targets of tags, behind the
/// smoothing; validation does none of it, so that its values compare between runs.
class Objective {
 public:
  /// `train`: the clips whose support, or the seconds of whose segments, give the `balanced` weights. Throws ConfigError for an
  /// `mse_tags` entry that is not a label, for squared errors and a positive weight in a multi-class task, and for both together.
  Objective(const Settings& settings, const LabelSet& labels, const ClipList& train, Device device = {});

  /// Targets [examples, labels] in the form that `training_loss` takes, in `out` of equal size: smoothed, and in a
  /// weighted cross-entropy with the negative weights of the examples. The mean is over the examples with a label: a step of a
  /// multi-class task may have none, and what it would count goes to the others.
  void prepare_targets(std::span<const float> targets, std::size_t examples, std::span<float> out) const;
  /// Mean over the batch; logits and prepared targets [N, labels] on `device`.
  Variable training_loss(const Variable& logits, const Tensor& prepared) const;
  /// Mean loss of chunks or steps; logits and targets [n, labels].
  double validation_loss(std::span<const float> logits, std::span<const float> targets) const;

 private:
  /// Loss of a multi-label task; `mask` and `weights` are on the device of the logits.
  Variable tag_loss(const Variable& logits, const Tensor& targets, const Tensor& mask,
                    const Tensor& weights) const;
  Variable more_of_positives(const Variable& logits, const Tensor& targets) const;

  Task task_;
  std::int64_t labels_;
  LossKind kind_;
  double smoothing_, positive_weight_;
  Tensor weights_, device_weights_;    ///< [labels] f32 with mean 1; undefined: equal
  Tensor mse_mask_, device_mse_mask_;  ///< [labels] u8; undefined: none
};

}  // namespace sonograd::train
