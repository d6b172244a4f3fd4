// include/sonograd/tagger.h over ChunkRule, ChunkScorer and ChunkBatchPool; `set_threads` is that of
// tensor/support/compute_thread.h.
#include "include/sonograd/tagger.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "audio/resample.h"
#include "kernels/core/launch.h"
#include "models/tagging/chunk_scorer.h"
#include "models/tagging/chunk_source.h"

namespace sonograd {

using models::ChunkRule;

struct Tagger::State {
  State(const std::shared_ptr<const models::Model>& model, ChunkRule chunk_rule,
        models::Aggregate chunk_aggregate, std::int64_t batch)
      : rule(chunk_rule), aggregate(chunk_aggregate), batches(model, batch) {}

  ChunkRule rule;
  models::Aggregate aggregate;
  models::ChunkBatchPool batches;
};

namespace {

using Sink = std::function<void(std::span<const float>)>;
// Passes the chunks of a sound on; the report is that of the whole sound.
using Source = std::function<audio::SourceReport(const Sink&)>;

Source from_file(const ChunkRule& rule, const std::filesystem::path& file) {
  return [&](const Sink& sink) { return models::for_each_chunk(file, rule, sink); };
}

Source from_samples(const ChunkRule& rule, std::span<const float> samples, int sample_rate) {
  return [&rule, samples, sample_rate](const Sink& sink) {
    models::for_each_chunk(audio::resample(samples, sample_rate, rule.sample_rate), rule, sink);
    return audio::SourceReport{.seconds = static_cast<double>(samples.size()) / sample_rate};
  };
}

// Begin and end of each chunk.
void place_chunks(const ChunkRule& rule, Tags& tags) {
  const auto samples = static_cast<std::int64_t>(std::llround(tags.seconds * rule.sample_rate));
  const std::int64_t last = std::max<std::int64_t>(0, samples - rule.length);
  const std::int64_t hop = rule.count > 0 ? last / rule.count : rule.hop;
  for (std::size_t i = 0; i < tags.chunks.size(); ++i) {
    const bool is_aligned = rule.count == 0 && i + 1 == tags.chunks.size();
    const std::int64_t start = is_aligned ? last : static_cast<std::int64_t>(i) * hop;
    tags.chunks[i].begin = static_cast<double>(start) / rule.sample_rate;
    tags.chunks[i].end = static_cast<double>(std::min(samples, start + rule.length)) / rule.sample_rate;
  }
}

bool is_finite(std::span<const float> values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

// Scores of the chunks that `source` passes to its argument; `source` returns the length of the sound in seconds.
Tags score(const models::Model& model, const ChunkRule& rule, models::Aggregate aggregate,
           std::shared_ptr<models::ChunkBatch> batch, const Source& source) {
  kernels::flush_subnormals();
  Tags result;
  const auto keep_scores = [&](std::size_t, const models::Scores& scores) {
    if (!is_finite(scores)) throw Error("the network's scores are not finite");
    for (std::size_t i = 0; i < scores.size(); ++i)
      result.tags.push_back({model.about().labels[i], scores[i]});
  };
  const auto keep_chunk = [&](std::size_t, std::span<const float> logits) {
    std::vector<float> scores(logits.begin(), logits.end());
    models::to_probabilities(model.about().output, scores);
    result.chunks.push_back({.scores = std::move(scores)});
  };
  models::ChunkScorer scorer(std::move(batch), model.about(), aggregate, keep_scores, keep_chunk);
  const audio::SourceReport report = source([&](std::span<const float> chunk) { scorer.add(0, chunk); });
  scorer.end_clip(0);
  scorer.flush();
  result.seconds = report.seconds;
  result.warning = report.warning;
  place_chunks(rule, result);
  return result;
}

}  // namespace

std::vector<Tag> Tags::top(std::size_t count) const {
  std::vector<Tag> sorted = tags;
  std::ranges::stable_sort(sorted, std::greater(), &Tag::score);
  sorted.resize(std::min(count, sorted.size()));
  return sorted;
}

Tagger::Tagger(Model model, const TaggerOptions& options) : model_(std::move(model)) {
  const std::shared_ptr<const models::Model>& inner = model_.model_;
  ChunkRule rule = ChunkRule::of(*inner);
  rule.count = options.chunks.value_or(rule.count);
  if (rule.count < 0 || options.batch < 0)
    throw ConfigError("[tagger] chunks and batch must not be negative");
  const models::Aggregate aggregate =
      options.aggregate.empty() ? inner->about().aggregate : models::parse_aggregate(options.aggregate);
  const std::int64_t batch =
      options.batch > 0 ? options.batch : models::default_batch(inner->network().input());
  state_ = std::make_shared<State>(inner, rule, aggregate, batch);
}

Tags Tagger::tag(const std::filesystem::path& file) const {
  return score(*model_.model_, state_->rule, state_->aggregate, state_->batches.take(),
               from_file(state_->rule, file));
}

Tags Tagger::tag(std::span<const float> samples, int sample_rate) const {
  return score(*model_.model_, state_->rule, state_->aggregate, state_->batches.take(),
               from_samples(state_->rule, samples, sample_rate));
}

}  // namespace sonograd
