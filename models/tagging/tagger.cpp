// include/sonograd/tagger.h over ChunkRule and ChunkScorer; `set_threads` is that of tensor/support/compute_thread.h.
#include "include/sonograd/tagger.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "audio/resample.h"
#include "kernels/core/launch.h"
#include "models/tagging/chunk_scorer.h"
#include "models/tagging/chunk_source.h"

namespace sonograd {
namespace {

using models::ChunkRule;
using Sink = std::function<void(std::span<const float>)>;

// Begin and end of each chunk, from the number of chunks and the length of the sound.
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

// Scores of the chunks that `source` passes to its argument; `source` returns the length of the sound in seconds.
Tags score(const models::Model& model, const ChunkRule& rule, models::Aggregate aggregate, std::int64_t batch,
           const std::function<double(const Sink&)>& source) {
  kernels::flush_subnormals();
  Tags result;
  const auto keep_scores = [&](std::size_t, const models::Scores& scores) {
    for (std::size_t i = 0; i < scores.size(); ++i)
      result.tags.push_back({model.about().labels[i], scores[i]});
  };
  const auto keep_chunk = [&](std::size_t, std::span<const float> logits) {
    std::vector<float> scores(logits.begin(), logits.end());
    models::to_probabilities(model.about().output, scores);
    result.chunks.push_back({.scores = std::move(scores)});
  };
  models::ChunkScorer scorer(model.network(), model.about(), model.device(), batch, aggregate, keep_scores,
                             keep_chunk);
  result.seconds = source([&](std::span<const float> chunk) { scorer.add(0, chunk); });
  scorer.end_clip(0);
  scorer.flush();
  if (!std::ranges::all_of(result.tags, [](const Tag& tag) { return std::isfinite(tag.score); }))
    throw Error("the network's scores are not finite");
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

struct Tagger::Rule {
  ChunkRule chunks;
  models::Aggregate aggregate;
  std::int64_t batch;
};

Tagger::Tagger(Model model, const TaggerOptions& options) : model_(std::move(model)) {
  const models::Model& inner = *model_.model_;
  Rule rule{.chunks = ChunkRule::of(inner),
            .aggregate = options.aggregate.empty() ? inner.about().aggregate
                                                   : models::parse_aggregate(options.aggregate),
            .batch = options.batch > 0 ? options.batch : models::default_batch(inner.network().input())};
  rule.chunks.count = options.chunks.value_or(rule.chunks.count);
  if (rule.chunks.count < 0 || options.batch < 0)
    throw ConfigError("[tagger] chunks and batch must not be negative");
  rule_ = std::make_shared<const Rule>(rule);
}

Tags Tagger::tag(const std::filesystem::path& file) const {
  std::string warning;
  Tags tags = score(*model_.model_, rule_->chunks, rule_->aggregate, rule_->batch, [&](const Sink& sink) {
    const audio::SourceReport report = models::for_each_chunk(file, rule_->chunks, sink);
    warning = report.warning;
    return report.seconds;
  });
  tags.warning = std::move(warning);
  return tags;
}

Tags Tagger::tag(std::span<const float> samples, int sample_rate) const {
  return score(*model_.model_, rule_->chunks, rule_->aggregate, rule_->batch, [&](const Sink& sink) {
    const std::vector<float> resampled = audio::resample(samples, sample_rate, rule_->chunks.sample_rate);
    models::for_each_chunk(resampled, rule_->chunks, sink);
    return static_cast<double>(samples.size()) / sample_rate;
  });
}

}  // namespace sonograd
