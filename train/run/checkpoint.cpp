#include "train/run/checkpoint.h"

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>

#include "models/core/model_error.h"
#include "models/core/weights.h"
#include "tensor/device/arena.h"
#include "tensor/io/context.h"
#include "tensor/io/json.h"
#include "tensor/io/safetensors.h"
#include "train/config/setting_table.h"

namespace sonograd::train {
namespace {

using nlohmann::json;

constexpr int kFormatVersion = 2;
constexpr std::string_view kModel = "model.", kBest = "best.", kOptimizer = "optimizer.";

/// Infinity, which JSON lacks, as null.
json finite_or_null(double value) {
  return std::isfinite(value) ? json(value) : json(nullptr);
}

json to_json(const RunState& state) {
  return {{"epoch", state.epoch},
          {"batch", state.batch},
          {"step", state.step},
          {"loss_sum", state.loss_sum},
          {"examples", state.examples},
          {"best_loss", state.best_loss ? json(*state.best_loss) : json(nullptr)},
          {"best_epoch", state.best_epoch},
          {"plateau",
           {{"best_loss", finite_or_null(state.plateau.best_loss)},
            {"bad_epochs", state.plateau.bad_epochs},
            {"scale", state.plateau.scale}}},
          {"threads", state.threads},
          {"data", state.data_hash},
          {"skipped", state.skipped}};
}

/// Settings bound what counts epochs, threads and factors.
const NumberRange& range_of(std::string_view setting) {
  return find_setting(setting)->limits;
}

RunState run_state_from(const json& text) {
  const auto count = [&](const char* key, const NumberRange& range = kAnyCount) {
    return io::number_in<std::int64_t>(text, key, range);
  };
  RunState state;
  state.epoch = count("epoch", {0, range_of("train.epochs").max});
  state.batch = count("batch");
  state.step = count("step");
  state.loss_sum = io::number_in<double>(text, "loss_sum", kAnyNumber);
  state.examples = count("examples");
  state.best_loss = io::optional_number_in(text, "best_loss", kAnyNumber);
  state.best_epoch = count("best_epoch", {0, static_cast<double>(state.epoch)});
  io::within("plateau", [&] {
    const json& plateau = text.at("plateau");
    const auto best_loss = io::optional_number_in(plateau, "best_loss", kAnyNumber);
    if (best_loss) state.plateau.best_loss = *best_loss;
    state.plateau.bad_epochs =
        io::number_in<std::int64_t>(plateau, "bad_epochs", {0, range_of("train.epochs").max});
    state.plateau.scale = io::number_in<double>(plateau, "scale", range_of("schedule.factor"));
  });
  state.threads = static_cast<int>(count("threads", {1, range_of("train.threads").max}));
  text.at("data").get_to(state.data_hash);
  for (const json& row : text.at("skipped"))
    state.skipped.push_back(io::checked_number<std::size_t>(row, "skipped", kAnyCount));
  return state;
}

kernels::OptimizerRule rule_from(const std::string& word) {
  const auto rule = parse_word<kernels::OptimizerRule>(word);
  if (!rule) throw FormatError(concat("malformed checkpoint: no optimiser is called '", word, "'"));
  return *rule;
}

void add(io::NamedTensors& all, std::string_view prefix, const io::NamedTensors& part) {
  for (const auto& [name, tensor] : part) all.set(concat(prefix, name), tensor);
}

io::NamedTensors part_of(const io::NamedTensors& all, std::string_view prefix) {
  io::NamedTensors part;
  for (const auto& [name, tensor] : all) {
    if (name.starts_with(prefix)) part.set(name.substr(prefix.size()), tensor);
  }
  return part;
}

using Metadata = std::map<std::string, std::string>;

constexpr const char* kEntry = "sonograd_checkpoint";

Checkpoint checkpoint_from(const io::TensorFile& file) {
  const auto found = file.metadata.find(kEntry);
  if (found == file.metadata.end()) throw FormatError("not a checkpoint of sonograd");
  try {
    const json about = io::parse_json(found->second);
    if (about.at("version") != kFormatVersion) {
      throw FormatError(concat("checkpoint format ", about.at("version").dump(), "; this build reads format ",
                               kFormatVersion));
    }
    Checkpoint checkpoint{.model = {part_of(file.tensors, kModel), about.at("model").get<Metadata>()},
                          .optimizer = {rule_from(about.at("optimizer").at("rule")),
                                        io::within("optimizer",
                                                   [&] {
                                                     return io::number_in<std::int64_t>(about.at("optimizer"),
                                                                                        "steps", kAnyCount);
                                                   }),
                                        part_of(file.tensors, kOptimizer)},
                          .state = io::within("state", [&] { return run_state_from(about.at("state")); }),
                          .best = {}};
    if (!about.at("best").is_null())
      checkpoint.best = {part_of(file.tensors, kBest), about.at("best").get<Metadata>()};
    return checkpoint;
  } catch (const json::exception& error) {
    throw FormatError(concat("malformed checkpoint: ", error.what()));
  }
}

}  // namespace

void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  const json about = {
      {"version", kFormatVersion},
      {"state", to_json(checkpoint.state)},
      {"optimizer", {{"rule", word_of(checkpoint.optimizer.rule)}, {"steps", checkpoint.optimizer.steps}}},
      {"model", checkpoint.model.metadata},
      {"best", checkpoint.best ? json(checkpoint.best->metadata) : json(nullptr)}};
  io::TensorFile file{.tensors = {}, .metadata = {{kEntry, about.dump()}}};
  add(file.tensors, kModel, checkpoint.model.tensors);
  add(file.tensors, kOptimizer, checkpoint.optimizer.moments);
  if (checkpoint.best) add(file.tensors, kBest, checkpoint.best->tensors);
  io::write_safetensors(path, file);
}

Checkpoint load_checkpoint(const std::filesystem::path& path) {
  try {
    const io::TensorFile file = io::read_safetensors(path);
    return io::within(path.string(), [&] { return checkpoint_from(file); });
  } catch (const FormatError& error) {
    throw models::ModelError(error.what());
  }
}

std::optional<io::TensorFile> model_in_checkpoint(const io::TensorFile& file) {
  if (!file.metadata.contains(kEntry)) return std::nullopt;
  return checkpoint_from(file).model;
}

io::TensorFile snapshot(const models::ModelDraft& model) {
  const NoArenaScope outlives_the_step;
  return {.tensors = models::export_state(*model.network), .metadata = models::to_metadata(model.about)};
}

}  // namespace sonograd::train
