// include/sonograd/tagger.h over ChunkRule, ChunkScorer and ChunkBatchPool; `set_threads` is that of
// tensor/support/compute_thread.h.
#include "include/sonograd/tagger.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "audio/resample.h"
#include "kernels/core/launch.h"
#include "models/core/value_ranges.h"
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

// Places of `count` chunks of a sound.
std::vector<TimeSpan> times_of(std::size_t count, const ChunkRule& rule, double seconds) {
  const auto samples = static_cast<std::int64_t>(std::llround(seconds * rule.sample_rate));
  std::vector<TimeSpan> times;
  for (std::size_t i = 0; i < count; ++i) {
    const audio::Chunk place = rule.place(i, samples);
    times.push_back({.begin = static_cast<double>(place.start) / rule.sample_rate,
                     .end = static_cast<double>(place.start + place.length) / rule.sample_rate});
  }
  return times;
}

// Scores of the chunks that `source` passes to its argument; `source` returns the length of the sound in seconds.
Tags score(const models::Model& model, const ChunkRule& rule, models::Aggregate aggregate,
           std::shared_ptr<models::ChunkBatch> batch, const Source& source) {
  kernels::flush_subnormals();
  Tags result;
  const auto keep_scores = [&](std::size_t, const models::Scores& scores) {
    if (!models::all_finite(scores)) throw Error("the network's scores are not finite");
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
  const std::vector<TimeSpan> times = times_of(result.chunks.size(), rule, result.seconds);
  for (std::size_t i = 0; i < times.size(); ++i) {
    result.chunks[i].begin = times[i].begin;
    result.chunks[i].end = times[i].end;
  }
  return result;
}

void check_range(std::string_view option, std::int64_t value, const NumberRange& range) {
  if (!range.contains(static_cast<double>(value)))
    throw ConfigError(concat("[tagger] ", option, ": expected ", range, ", got ", value));
}

// Extents of an output. Throws ConfigError.
Shape shape_of(const models::Network& network, std::string_view name) {
  std::string known;
  for (const models::OutputInfo& output : network.outputs()) {
    if (output.name == name) return output.shape;
    known += concat(known.empty() ? "" : ", ", output.name);
  }
  throw ConfigError(concat("[tagger] the network has no output '", name, "'; there are ", known));
}

ChunkOutputs compute(const models::Network& network, std::string_view name, const ChunkRule& rule,
                     models::ChunkBatch& batch, const Source& source) {
  kernels::flush_subnormals();
  const Shape shape = shape_of(network, name);
  ChunkOutputs result;
  const auto run = [&] {
    if (batch.size() == 0) return;
    const Tensor rows = batch.run(name);
    const std::span<const float> values = rows.span<float>();
    result.values.values.insert(result.values.values.end(), values.begin(), values.end());
  };
  std::size_t chunks = 0;
  const audio::SourceReport report = source([&](std::span<const float> chunk) {
    batch.add(chunk);
    ++chunks;
    if (batch.is_full()) run();
  });
  run();
  if (!models::all_finite(result.values.values))
    throw Error(concat("the network's output '", name, "' is not finite"));
  result.values.shape = {static_cast<std::int64_t>(chunks)};
  result.values.shape.insert(result.values.shape.end(), shape.begin(), shape.end());
  result.seconds = report.seconds;
  result.warning = report.warning;
  result.chunks = times_of(chunks, rule, result.seconds);
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
  check_range("chunks", rule.count, models::kChunkCount);
  check_range("batch", options.batch, models::kChunkBatch);
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

ChunkOutputs Tagger::output(std::string_view name, const std::filesystem::path& file) const {
  return compute(model_.model_->network(), name, state_->rule, *state_->batches.take(),
                 from_file(state_->rule, file));
}

ChunkOutputs Tagger::output(std::string_view name, std::span<const float> samples, int sample_rate) const {
  return compute(model_.model_->network(), name, state_->rule, *state_->batches.take(),
                 from_samples(state_->rule, samples, sample_rate));
}

}  // namespace sonograd
