#include "app/options/chunk_options.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "app/options/number_range.h"
#include "app/options/setting_flags.h"
#include "app/options/word_list.h"
#include "models/core/architecture.h"
#include "models/core/value_ranges.h"
#include "models/tagging/chunk_scorer.h"
#include "models/tagging/memory.h"
#include "tensor/support/ascii.h"
#include "tensor/support/error.h"
#include "tensor/support/memory_limit.h"

namespace sonograd::app {
namespace {

// An option that is one of the words of an enum.
template <class E>
void add_word_option(CLI::App& app, const std::string& flag, std::optional<E>& value,
                     const std::string& help) {
  app.add_option_function<std::string>(
         flag, [&value](const std::string& word) { value = parse_word<E>(word); }, help)
      ->check(CLI::IsMember(word_list<E>()));
}

// Replaces a size such as 300M, 1.5G or 2 GiB by its number of bytes; returns the error, empty when there is none.
std::string to_bytes(std::string& text) {
  constexpr std::string_view kUnits = "kmgt";
  constexpr double kLeast = 0x1p24, kMost = 0x1p60;
  const std::string error = concat("expected a size such as 300M or 2G, at least 16M, got '", text, "'");
  double bytes = 0;
  const char* const end = text.data() + text.size();
  const auto [number_end, failure] = std::from_chars(text.data(), end, bytes, std::chars_format::fixed);
  if (failure != std::errc()) return error;
  std::string unit = in_lower_case(std::string_view(number_end, end));
  std::erase(unit, ' ');
  if (!unit.empty() && kUnits.find(unit[0]) != std::string_view::npos) {
    bytes *= std::exp2(10.0 * static_cast<double>(kUnits.find(unit[0]) + 1));
    unit.erase(0, 1);
    if (unit == "ib") unit = "b";
  }
  if ((!unit.empty() && unit != "b") || !(bytes >= kLeast) || bytes > kMost) return error;
  text = std::to_string(static_cast<std::uint64_t>(bytes));
  return "";
}

}  // namespace

void ChunkOptions::add_to(CLI::App& app) {
  app.add_option("--chunks", chunks, help_of("eval.chunks", "the model's"))
      ->type_name("N")
      ->check(whole_number_from(static_cast<int>(models::kChunkCount.min),
                                static_cast<int>(models::kChunkCount.max)));
  add_word_option(app, "--aggregate", aggregate, help_of("eval.aggregate", "the model's"));
  add_word_option(app, "--pad", pad, help_of("eval.pad", "the model's"));
  app.add_option("--batch", batch, "chunks that go through the network together (default: a minute of audio)")
      ->check(whole_number_from(1, static_cast<std::int64_t>(models::kChunkBatch.max)));
  app.add_option("--max-memory", max_memory,
                 "memory for clips and batches, such as 300M or 2G: longer clips are read in pieces, batches "
                 "become smaller (at least 16M, and room for one chunk; default: half of the memory that the "
                 "process may use)")
      ->type_name("SIZE")
      ->transform(CLI::Validator(to_bytes, ""));
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
  const std::int64_t usual = models::default_batch(model.network().input());
  const std::uint64_t most = memory() / 2;
  // Measuring takes as long as a chunk does, which is most of the time for one short file.
  const models::ModelDescription& about = model.about();
  const bool is_usual = about.options == models::find_architecture(about.arch).options.defaults();
  const bool is_ample = is_usual && max_memory == 0 && batch == 0 && most >= models::kDefaultBatchBytes;
  return is_ample ? usual : models::batch_within(model, batch > 0 ? batch : usual, most);
}

models::Aggregate ChunkOptions::aggregate_of(const models::ModelDescription& about) const {
  return aggregate.value_or(about.aggregate);
}

}  // namespace sonograd::app
