#include "app/options/chunk_options.h"

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "models/tagging/chunk_scorer.h"
#include "models/tagging/memory.h"
#include "tensor/support/memory_limit.h"

namespace sonograd::app {
namespace {

// An option that is one of the words of an enum.
template <class E>
void add_word_option(CLI::App& app, const std::string& flag, std::optional<E>& value,
                     const std::string& help) {
  std::vector<std::string> words;
  for (const Word<E>& word : kWords<E>) words.emplace_back(word.name);
  app.add_option_function<std::string>(
         flag, [&value](const std::string& word) { value = parse_word<E>(word); }, help)
      ->check(CLI::IsMember(words));
}

}  // namespace

void ChunkOptions::add_to(CLI::App& app) {
  app.add_option("--chunks", chunks,
                 "score N equally spaced chunks of a clip (the published protocol), 0: all of it (default: "
                 "the model's)")
      ->type_name("N")
      ->check(CLI::Range(0, 10000));
  add_word_option(app, "--aggregate", aggregate,
                  "combine chunks by mean, max or vote (default: the model's)");
  add_word_option(app, "--pad", pad,
                  "fill a clip shorter than a chunk by repeat or with zero (default: the model's)");
  app.add_option("--batch", batch, "chunks that go through the network together (default: a minute of audio)")
      ->check(CLI::Range(1, 4096));
  app.add_option("--max-memory", max_memory,
                 "memory for clips and batches, such as 300M or 2G: longer clips are read piece by piece, "
                 "batches become "
                 "smaller (default: half of what the process may have)")
      ->type_name("SIZE")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false))
      ->check(CLI::PositiveNumber);
}

models::ChunkRule ChunkOptions::rule(const models::Model& model) const {
  models::ChunkRule rule = models::ChunkRule::of(model);
  rule.count = chunks.value_or(rule.count);
  rule.pad = pad.value_or(rule.pad);
  return rule;
}

std::uint64_t ChunkOptions::memory() const {
  return max_memory > 0 ? max_memory : memory_limit() / 2;
}

std::int64_t ChunkOptions::batch_of(const models::Model& model) const {
  const std::int64_t wanted = batch > 0 ? batch : models::default_batch(model.network().input());
  return models::batch_within(model, wanted, memory() / 2);
}

models::Aggregate ChunkOptions::aggregate_of(const models::ModelDescription& about) const {
  return aggregate.value_or(about.aggregate);
}

}  // namespace sonograd::app
