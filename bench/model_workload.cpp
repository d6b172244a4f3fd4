#include "bench/model_workload.h"

#include <algorithm>

#include "autograd/tape.h"
#include "kernels/core/context.h"
#include "kernels/core/profile.h"
#include "layers/trace.h"

namespace sonograd::bench {
namespace {

train::Batch random_batch(std::int64_t batch, const models::Network& network) {
  Random random({.seed = 1, .stream = RandomStream::test});
  train::Batch result;
  result.keys.resize(static_cast<std::size_t>(batch));
  for (std::int64_t i = 0; i < batch * network.input().samples; ++i)
    result.waveforms.push_back(random.uniform() - 0.5f);
  for (std::int64_t i = 0; i < batch * network.labels(); ++i)
    result.targets.push_back(random.uniform() < 0.1f);
  return result;
}

train::Settings adam_without_augmentation() {
  train::Settings settings;
  settings.optim = {.name = kernels::OptimizerRule::adam, .weight_decay = 0};
  settings.augment = {.freq_masks = 0, .time_masks = 0, .shift = 0};
  return settings;
}

std::vector<std::string> numbers(std::int64_t count) {
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < count; ++i) names.push_back(std::to_string(i));
  return names;
}

}  // namespace

ModelWorkload::ModelWorkload(const std::string& network, std::int64_t batch, Mode mode, Device device)
    : mode_(mode),
      settings_(adam_without_augmentation()),
      device_(device),
      uploader_(device),
      arena_(device) {
  constexpr std::int64_t kLabels = 50;
  const models::Architecture architecture = models::find_architecture(network);
  if (batch < 2) throw ConfigError(concat(network, ':', batch, ": expected a batch of 2 or more"));
  network_ = architecture.make_network({}, kLabels);
  network_->to(device);
  batch_ = random_batch(batch, *network_);
  const train::LabelSet labels(train::Task::multi_label, numbers(kLabels));
  objective_.emplace(settings_, labels, train::ClipList(), device);
  optimizer_.emplace(*network_, settings_.optim);
  step_.emplace(*network_, *objective_, *optimizer_, settings_, device);
  flops_ = count_flops();
  network_->train(mode_ == Mode::train);
}

void ModelWorkload::run() {
  if (mode_ == Mode::train) {
    step_->run(batch_, steps_++, {.lr = 1e-4});
    return;
  }
  const kernels::BatchInvariantScope alone(mode_ == Mode::tag);
  infer();
}

void ModelWorkload::infer() {
  using kernels::in_phase;
  const NoGrad no_grad;
  const ArenaScope memory(arena_);
  const auto examples = static_cast<std::int64_t>(batch_.size());
  const Tensor waveforms = in_phase("load", [&] {
    return uploader_.upload(batch_.waveforms, {examples, network_->input().samples});
  });
  const Tensor features = in_phase("front end", [&] { return network_->features(waveforms); });
  in_phase("forward", [&] { return network_->logits(Variable(features)).data().to(Device{}); });
}

double ModelWorkload::count_flops() {
  network_->train(false);
  const NoGrad no_grad;
  const layers::Trace trace;
  const Tensor silence = Tensor::zeros({1, network_->input().samples}, DType::f32, device_);
  network_->logits(Variable(network_->features(silence)));
  const auto first = std::ranges::find_if(trace.layers(), [](const auto& layer) { return layer.macs > 0; });
  const double macs = mode_ == Mode::train ? 3 * trace.macs() - first->macs : trace.macs();
  return 2 * macs * static_cast<double>(batch_.size());
}

}  // namespace sonograd::bench
