#include "models/tagging/chunk_scorer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace sonograd::models {

std::int64_t default_batch(const Input& input) {
  return std::max<std::int64_t>(1, 60 * input.sample_rate / input.samples);
}

void to_probabilities(Output output, std::span<float> row) {
  if (output == Output::sigmoid) {
    for (float& value : row) value = static_cast<float>(1.0 / (1.0 + std::exp(-static_cast<double>(value))));
    return;
  }
  const double top = *std::ranges::max_element(row);
  double sum = 0;
  for (const float value : row) sum += std::exp(value - top);
  for (float& value : row) value = static_cast<float>(std::exp(value - top) / sum);
}

bool all_finite(std::span<const float> values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

ClipAggregate::ClipAggregate(Output output, Aggregate rule, std::size_t labels)
    : output_(output), rule_(rule), sums_(labels) {}

void ClipAggregate::add(std::span<const float> probabilities) {
  ++chunks_;
  const std::size_t top =
      static_cast<std::size_t>(std::ranges::max_element(probabilities) - probabilities.begin());
  for (std::size_t i = 0; i < sums_.size(); ++i) {
    const double p = probabilities[i];
    switch (rule_) {
      case Aggregate::mean:
        sums_[i] += p;
        break;
      case Aggregate::max:
        sums_[i] = std::max(sums_[i], p);
        break;
      case Aggregate::vote:
        sums_[i] += output_ == Output::sigmoid ? p >= 0.5 : i == top;
        break;
    }
  }
}

Scores ClipAggregate::scores() const {
  const double divisor = rule_ == Aggregate::max ? 1.0 : static_cast<double>(chunks_);
  Scores scores;
  for (const double sum : sums_) scores.push_back(static_cast<float>(sum / divisor));
  return scores;
}

ChunkScorer::ChunkScorer(std::shared_ptr<ChunkBatch> batch, const ModelDescription& about, Aggregate rule,
                         ClipDone done, ChunkSeen seen, LogitsOf kind)
    : batch_(std::move(batch)),
      output_(about.output),
      labels_(about.labels.size()),
      rule_(rule),
      done_(std::move(done)),
      seen_(std::move(seen)),
      kind_(kind) {}

ChunkScorer::ChunkScorer(const Network& network, const ModelDescription& about, Device device,
                         std::int64_t batch, Aggregate rule, ClipDone done, ChunkSeen seen, LogitsOf kind)
    : ChunkScorer(std::make_shared<ChunkBatch>(network, device, batch), about, rule, std::move(done),
                  std::move(seen), kind) {}

void ChunkScorer::add(std::size_t clip, std::span<const float> samples) {
  batch_->add(samples);
  const auto fresh = [&] { return Open{{output_, rule_, labels_}}; };
  auto position = open_.find(clip);
  if (position == open_.end()) position = open_.emplace(clip, fresh()).first;
  ++position->second.waiting;
  owners_.push_back(clip);
  if (batch_->is_full()) flush();
}

void ChunkScorer::flush() {
  if (owners_.empty()) return;
  const auto [logits, seen] = kind_ == LogitsOf::steps ? batch_->run(kLogits, kStepLogits) : logits_alone();
  const std::vector<std::size_t> owners = std::exchange(owners_, {});
  const std::size_t width = static_cast<std::size_t>(seen.numel()) / owners.size();
  for (std::size_t row = 0; row < owners.size(); ++row) {
    const auto position = open_.find(owners[row]);
    if (position == open_.end()) continue;  // dropped
    const std::span<float> of_seen = seen.span<float>().subspan(row * width, width),
                           values = logits.span<float>().subspan(row * labels_, labels_);
    if (seen_) seen_(owners[row], of_seen);
    position->second.is_finite &= all_finite(of_seen) && all_finite(values);
    to_probabilities(output_, values);
    position->second.aggregate.add(values);
    --position->second.waiting;
    finish_if_complete(owners[row]);
  }
}

std::array<Tensor, 2> ChunkScorer::logits_alone() {
  const Tensor logits = batch_->run(kLogits);
  return {logits, logits};
}

void ChunkScorer::end_clip(std::size_t clip) {
  const auto position = open_.find(clip);
  if (position == open_.end()) return;
  position->second.ended = true;
  finish_if_complete(clip);
}

void ChunkScorer::drop_clip(std::size_t clip) {
  open_.erase(clip);
}

void ChunkScorer::finish_if_complete(std::size_t clip) {
  const auto position = open_.find(clip);
  if (!position->second.ended || position->second.waiting != 0) return;
  const Scores scores = position->second.is_finite ? position->second.aggregate.scores()
                                                   : Scores(labels_, std::numeric_limits<float>::quiet_NaN());
  open_.erase(position);
  done_(clip, scores);
}

}  // namespace sonograd::models
