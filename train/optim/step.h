// One step of training.
#pragma once

#include "models/core/network.h"
#include "tensor/device/arena.h"
#include "tensor/uploader.h"
#include "train/data/batcher.h"
#include "train/optim/objective.h"
#include "train/optim/optimizer.h"

namespace sonograd::train {

/// Features, augmentation, forward, backward, optimiser, in one pass for labelled examples and those of a teacher, or for triplets. All
/// memory of a step comes from one arena.
class TrainStep {
 public:
  /// The arguments must outlive the step. The network must be on `device`, and in training mode during `run`.
  TrainStep(const models::Network& network, const Objective& objective, Optimizer& optimizer,
            const Settings& settings, Device device)
      : network_(network),
        objective_(objective),
        optimizer_(optimizer),
        augment_(settings.augment),
        student_(settings.student),
        triplet_(settings.triplet),
        waveforms_(device),
        targets_(device),
        arena_(device) {}

  /// The mean loss of the batch before the step, the only value that the host reads back. `step` counts from 0 and keys dropout.
  double run(const Batch& batch, std::int64_t step, const StepRates& rates);

 private:
  Variable loss_of(const Variable& logits, const Tensor& targets, const Batch& batch) const;
  Variable loss_of_triplets(const Tensor& features, const Batch& batch) const;

  const models::Network& network_;
  const Objective& objective_;
  Optimizer& optimizer_;
  Settings::Augment augment_;
  Settings::Student student_;
  Settings::Triplet triplet_;
  Uploader waveforms_, targets_;
  Arena arena_;
};

}  // namespace sonograd::train
