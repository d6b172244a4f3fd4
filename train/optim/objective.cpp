#include "train/optim/objective.h"

#include <algorithm>
#include <numeric>

#include "autograd/ops/loss.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/softmax.h"
#include "autograd/tape.h"

namespace sonograd::train {
namespace {

/// In inverse proportion to the support, with mean 1. A label that no clip carries counts as carried once.
std::vector<float> balanced_weights(const ClipList& clips) {
  std::vector<double> weights(clips.labels, 0.0);
  for (std::size_t i = 0; i < clips.targets.size(); ++i) {
    weights[i % clips.labels] += clips.targets[i] >= kPositiveGrade;
  }
  for (double& weight : weights) weight = 1 / std::max(weight, 1.0);
  const double mean =
      std::accumulate(weights.begin(), weights.end(), 0.0) / static_cast<double>(weights.size());
  std::vector<float> scaled;
  for (const double weight : weights) scaled.push_back(static_cast<float>(weight / mean));
  return scaled;
}

Tensor mask_of(const std::vector<std::string>& tags, const LabelSet& labels) {
  std::vector<std::uint8_t> mask(labels.size(), 0);
  for (const std::string& tag : tags) {
    const auto index = labels.index_of(tag);
    if (!index)
      throw ConfigError(concat("loss.mse_tags: '", tag, "' is not one of the ", labels.size(), " tags"));
    mask[*index] = 1;
  }
  return Tensor::from(mask, {static_cast<std::int64_t>(mask.size())});
}

/// Each example weighs as its target says: mean over N of w_n · (−Σ z log softmax(x)), w_n = Σ z·weight.
Variable weighted_cross_entropy(const Variable& logits, std::span<const float> targets,
                                std::span<const float> weights) {
  const Tensor host = Tensor::empty(logits.shape());
  float* to = host.data<float>();
  for (auto row = targets.begin(); row != targets.end(); row += std::ssize(weights)) {
    const float weight = std::inner_product(weights.begin(), weights.end(), row, 0.0f);
    to = std::transform(row, row + std::ssize(weights), to, [weight](float z) { return -weight * z; });
  }
  const Variable factors(host.to(logits.device()));
  return scale(sum(mul(log_softmax(logits), factors)), 1 / static_cast<double>(logits.shape()[0]));
}

}  // namespace

Objective::Objective(const Settings& settings, const LabelSet& labels, const ClipList& train)
    : task_(labels.task()), smoothing_(settings.train.label_smoothing) {
  if (!settings.loss.mse_tags.empty()) {
    if (task_ == Task::multi_class) throw ConfigError("loss.mse_tags: expected a task with tags, got label");
    mse_mask_ = mask_of(settings.loss.mse_tags, labels);
  }
  if (settings.train.label_weights == LabelWeights::balanced) {
    weights_ = Tensor::from(balanced_weights(train), {static_cast<std::int64_t>(labels.size())});
  }
}

Variable Objective::training_loss(const Variable& logits, std::span<const float> targets) const {
  const double resting = task_ == Task::multi_label ? 0.5 : 1 / static_cast<double>(logits.shape()[1]);
  const Tensor smoothed = Tensor::empty(logits.shape());
  std::ranges::transform(targets, smoothed.data<float>(), [&](float target) {
    return static_cast<float>((1 - smoothing_) * target + smoothing_ * resting);
  });
  const Device device = logits.device();
  const Tensor wanted = smoothed.to(device);
  if (task_ == Task::multi_class) {
    return weights_.defined() ? weighted_cross_entropy(logits, smoothed.span<float>(), weights_.span<float>())
                              : cross_entropy(logits, wanted);
  }
  const auto placed = [&](const Tensor& tensor) { return tensor.defined() ? tensor.to(device) : tensor; };
  return mse_mask_.defined() ? bce_mse_mix(logits, wanted, placed(mse_mask_), placed(weights_))
                             : bce_with_logits(logits, wanted, placed(weights_));
}

double Objective::validation_loss(std::span<const float> logits, std::span<const float> targets) const {
  const NoGrad no_grad;
  const auto row = [](std::span<const float> values) {
    return Tensor::from(std::vector<double>(values.begin(), values.end()), {1, std::ssize(values)});
  };
  const Variable x(row(logits));
  const Tensor wanted = row(targets);
  if (task_ == Task::multi_class) return cross_entropy(x, wanted).data().item();
  return (mse_mask_.defined() ? bce_mse_mix(x, wanted, mse_mask_, {}) : bce_with_logits(x, wanted, {}))
      .data()
      .item();
}

}  // namespace sonograd::train
