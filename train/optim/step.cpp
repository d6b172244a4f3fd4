#include "train/optim/step.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/tape.h"
#include "kernels/core/profile.h"
#include "layers/random_scope.h"
#include "train/data/augment.h"
#include "train/optim/triplet_loss.h"

namespace sonograd::train {
namespace {

/// [rows, labels], one row for each target of the batch: the logits of steps, or the mean over the chunks of each example.
Variable target_logits(const models::Network& network, const Tensor& features, const Batch& batch) {
  if (batch.steps > 0) {
    models::Outputs outputs({models::kStepLogits});
    network.forward(Variable(features), outputs);
    const Variable& steps = outputs[models::kStepLogits];
    return reshape(steps, {steps.shape()[0] * steps.shape()[1], steps.shape()[2]});
  }
  const Variable logits = network.logits(Variable(features));
  if (batch.chunks == 1) return logits;
  const auto chunks = static_cast<std::int64_t>(batch.chunks);
  return mean(reshape(logits, {logits.shape()[0] / chunks, chunks, logits.shape()[1]}), {1});
}

}  // namespace

double TrainStep::run(const Batch& batch, std::int64_t step, const StepRates& rates) {
  const ArenaScope memory(arena_);
  const layers::RandomScope random(batch.keys.front().seed, static_cast<std::uint32_t>(step));
  const std::size_t rows = batch.size() * std::max<std::size_t>(1, batch.steps);
  const auto chunks = std::ssize(batch.keys);
  const Tensor waveforms = kernels::in_phase("load", [&] {
    return waveforms_.upload(batch.waveforms, {chunks, std::ssize(batch.waveforms) / chunks});
  });
  const Tensor targets = kernels::in_phase("load", [&] {
    if (batch.has_triplets) return Tensor();
    objective_.prepare_targets(batch.targets, rows, targets_.buffer(batch.targets.size()));
    const auto count = static_cast<std::int64_t>(rows);
    return targets_.upload({count, std::ssize(batch.targets) / count});
  });
  const Tensor features = kernels::in_phase("front end", [&] {
    const NoGrad front_end_has_no_parameters;
    const Tensor maps = network_.features(waveforms);
    mask_features(maps, batch.keys, augment_);
    return maps;
  });
  const Variable loss = kernels::in_phase("forward", [&] {
    return batch.has_triplets ? loss_of_triplets(features, batch)
                              : loss_of(target_logits(network_, features, batch), targets, batch);
  });
  kernels::in_phase("backward", [&] { backward(loss); });
  kernels::in_phase("optimizer", [&] { optimizer_.step(rates); });
  return loss.data().item();
}

Variable TrainStep::loss_of(const Variable& logits, const Tensor& targets, const Batch& batch) const {
  if (batch.from_teacher == 0) return objective_.training_loss(logits, targets);
  const auto part = [&](std::size_t first, std::size_t count, double weight) {
    const auto start = static_cast<std::int64_t>(first), rows = static_cast<std::int64_t>(count);
    return scale(objective_.training_loss(slice(logits, 0, start, rows), targets.rows(start, rows)), weight);
  };
  const std::size_t labelled = batch.size() - batch.from_teacher;
  return add(part(0, labelled, student_.label_weight),
             part(labelled, batch.from_teacher, student_.teacher_weight));
}

Variable TrainStep::loss_of_triplets(const Tensor& features, const Batch& batch) const {
  models::Outputs outputs({std::string_view(triplet_.output)});
  network_.forward(Variable(features), outputs);
  Variable embeddings = convert(outputs[triplet_.output], DType::f32);
  const int last = embeddings.shape().rank() - 1;
  std::vector<int> positions;
  for (int axis = 1; axis < last; ++axis) positions.push_back(axis);
  if (!positions.empty()) embeddings = mean(embeddings, positions);
  return batch_triplet_loss(embeddings, batch.negatives, triplet_);
}

}  // namespace sonograd::train
