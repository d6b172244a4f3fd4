#include "train/optim/objective.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "autograd/ops/loss.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/softmax.h"
#include "autograd/tape.h"

namespace sonograd::train {
namespace {

/// Clips of each label, or seconds of its segments.
std::vector<double> support_of(const ClipList& clips) {
  std::vector<double> support(clips.labels, 0.0);
  for (const LabelTimes& times : clips.times) {
    const std::vector<double> seconds = times.seconds();
    std::ranges::transform(support, seconds, support.begin(), std::plus());
  }
  if (clips.has_times()) return support;
  for (std::size_t i = 0; i < clips.targets.size(); ++i)
    support[i % clips.labels] += clips.targets[i] >= kPositiveGrade;
  return support;
}

/// Weights [labels] in inverse proportion to the support; their mean is 1. A label of less than one clip or second counts as one.
std::vector<float> balanced_weights(const ClipList& clips) {
  std::vector<double> weights = support_of(clips);
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

/// How much of an example of a multi-class task has a label: all, nothing for a step without one, less than all for its mixture
/// with another. Rounding apart.
double labelled_share(std::span<const float> target) {
  constexpr double kRounding = 1e-5;
  const double sum = std::accumulate(target.begin(), target.end(), 0.0);
  return sum > 1 - kRounding ? 1 : sum;
}

/// Weighs each example by its target: row z becomes -(Σ z·weight)·z.
void weigh_rows(std::span<float> targets, std::span<const float> weights) {
  for (auto row = targets.begin(); row != targets.end(); row += std::ssize(weights)) {
    const float weight = std::inner_product(weights.begin(), weights.end(), row, 0.0f);
    std::transform(row, row + std::ssize(weights), row, [weight](float z) { return -weight * z; });
  }
}

}  // namespace

Objective::Objective(const Settings& settings, const LabelSet& labels, const ClipList& train, Device device)
    : task_(labels.task()),
      labels_(static_cast<std::int64_t>(labels.size())),
      kind_(settings.loss.name),
      smoothing_(settings.train.label_smoothing),
      positive_weight_(settings.train.positive_weight) {
  if (kind_ == LossKind::mse && task_ == Task::multi_class)
    throw ConfigError("loss.name = mse: expected a task with tags, got label");
  if (!settings.loss.mse_tags.empty()) {
    if (task_ == Task::multi_class) throw ConfigError("loss.mse_tags: expected a task with tags, got label");
    mse_mask_ = mask_of(settings.loss.mse_tags, labels);
    device_mse_mask_ = mse_mask_.to(device);
  }
  if (positive_weight_ != 1) {
    const std::string setting = concat("train.positive_weight = ", positive_weight_);
    if (task_ == Task::multi_class) throw ConfigError(setting + ": expected a task with tags, got label");
    if (kind_ == LossKind::mse) throw ConfigError(setting + ": has no meaning for loss.name = mse");
    if (mse_mask_.defined()) throw ConfigError(setting + ": has no meaning beside loss.mse_tags");
  }
  if (settings.train.label_weights == LabelWeights::balanced) {
    weights_ = Tensor::from(balanced_weights(train), {static_cast<std::int64_t>(labels.size())});
    device_weights_ = weights_.to(device);
  }
}

void Objective::prepare_targets(std::span<const float> targets, std::size_t examples,
                                std::span<float> out) const {
  const std::size_t labels = targets.size() / examples;
  double labelled = 0;  // examples
  const double resting = task_ == Task::multi_label ? 0.5 : 1 / static_cast<double>(labels);
  for (std::size_t row = 0; row < targets.size(); row += labels) {
    const std::span<const float> given = targets.subspan(row, labels);
    const double share = task_ == Task::multi_label ? 1 : labelled_share(given);
    labelled += share;
    std::ranges::transform(given, out.begin() + static_cast<std::ptrdiff_t>(row), [&](float target) {
      return static_cast<float>((1 - smoothing_) * target + smoothing_ * share * resting);
    });
  }
  if (labelled > 0 && labelled < static_cast<double>(examples)) {
    const double scale = static_cast<double>(examples) / labelled;
    for (float& target : out) target = static_cast<float>(scale * target);
  }
  if (task_ == Task::multi_class && weights_.defined()) weigh_rows(out, weights_.span<float>());
}

Variable Objective::training_loss(const Variable& logits, const Tensor& prepared) const {
  if (task_ == Task::multi_label) {
    const Variable loss = tag_loss(logits, prepared, device_mse_mask_, device_weights_);
    return positive_weight_ == 1 ? loss : add(loss, more_of_positives(logits, prepared));
  }
  if (!weights_.defined()) return cross_entropy(logits, prepared);
  // Mean over N of w_n · (−Σ z log softmax(x)) with w_n = Σ z·weight.
  return scale(sum(mul(log_softmax(logits), Variable(prepared))), 1 / static_cast<double>(logits.shape()[0]));
}

double Objective::validation_loss(std::span<const float> logits, std::span<const float> targets) const {
  const NoGrad no_grad;
  const auto rows = [this](std::span<const float> values) {
    return Tensor::from(std::vector<double>(values.begin(), values.end()),
                        {std::ssize(values) / labels_, labels_});
  };
  const Variable x(rows(logits));
  const Tensor expected = rows(targets);
  if (task_ == Task::multi_class) return cross_entropy(x, expected).data().item();
  return tag_loss(x, expected, mse_mask_, {}).data().item();
}

// The loss -w t log(s) beyond -t log(s), s = sigmoid(logit): (w - 1) times the mean of t log(1 + exp(-logit)).
Variable Objective::more_of_positives(const Variable& logits, const Tensor& targets) const {
  Variable share = mul(softplus(scale(logits, -1)), Variable(targets));
  if (device_weights_.defined()) share = mul(share, Variable(device_weights_));
  return scale(mean(share), positive_weight_ - 1);
}

Variable Objective::tag_loss(const Variable& logits, const Tensor& targets, const Tensor& mask,
                             const Tensor& weights) const {
  if (kind_ == LossKind::mse) return mse_with_logits(logits, targets, weights);
  return mask.defined() ? bce_mse_mix(logits, targets, mask, weights)
                        : bce_with_logits(logits, targets, weights);
}

}  // namespace sonograd::train
