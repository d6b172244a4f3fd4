#include "app/options/chunk_options.h"

#include <algorithm>

namespace sonograd::app {

void ChunkOptions::add_to(CLI::App& app) {
  app.add_option("--chunks", chunks,
                 "score N equally spaced chunks of a clip (the published protocol), 0: all of it (default: "
                 "the model's)")
      ->type_name("N")
      ->check(CLI::Range(0, 10000));
  app.add_option("--aggregate", aggregate, "combine chunks by mean, max or vote (default: the model's)")
      ->check(CLI::IsMember({"mean", "max", "vote"}));
  app.add_option("--pad", pad,
                 "fill a clip shorter than a chunk by repeat or with zero (default: the model's)")
      ->check(CLI::IsMember({"repeat", "zero"}));
  app.add_option("--batch", batch, "chunks that go through the network together (default: a minute of audio)")
      ->check(CLI::Range(1, 4096));
}

models::ChunkRule ChunkOptions::rule(const models::ModelDescription& about) const {
  models::ChunkRule rule = models::ChunkRule::of(about);
  rule.count = chunks.value_or(about.chunks);
  if (!pad.empty()) rule.pad = pad == "zero" ? audio::Pad::zero : audio::Pad::repeat;
  return rule;
}

std::int64_t ChunkOptions::batch_of(const models::ModelDescription& about) const {
  if (batch > 0) return batch;
  return std::max<std::int64_t>(1, 60 * about.config.sample_rate / about.config.samples);
}

models::Aggregate ChunkOptions::aggregate_of(const models::ModelDescription& about) const {
  return aggregate.empty() ? about.aggregate : models::parse_aggregate(aggregate);
}

}  // namespace sonograd::app
