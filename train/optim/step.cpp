#include "train/optim/step.h"

#include "autograd/tape.h"
#include "kernels/core/profile.h"
#include "layers/random_scope.h"
#include "train/data/augment.h"

namespace sonograd::train {

double TrainStep::run(const Batch& batch, std::int64_t step, const StepRates& rates) {
  const ArenaScope memory(arena_);
  const layers::RandomScope random(batch.keys.front().seed, static_cast<std::uint32_t>(step));
  const auto examples = static_cast<std::int64_t>(batch.size());
  const Tensor waveforms = kernels::in_phase("load", [&] {
    return waveforms_.upload(batch.waveforms, {examples, std::ssize(batch.waveforms) / examples});
  });
  const Tensor targets = kernels::in_phase("load", [&] {
    objective_.prepare_targets(batch.targets, batch.size(), targets_.buffer(batch.targets.size()));
    return targets_.upload({examples, std::ssize(batch.targets) / examples});
  });
  const Tensor features = kernels::in_phase("front end", [&] {
    const NoGrad front_end_has_no_parameters;
    const Tensor maps = network_.features(waveforms);
    mask_features(maps, batch.keys, augment_);
    return maps;
  });
  const Variable loss = kernels::in_phase(
      "forward", [&] { return objective_.training_loss(network_.logits(Variable(features)), targets); });
  kernels::in_phase("backward", [&] { backward(loss); });
  kernels::in_phase("optimizer", [&] { optimizer_.step(rates); });
  return loss.data().item();
}

}  // namespace sonograd::train
