#include "train/run/checkpoint.h"

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>

#include "models/core/weights.h"
#include "tensor/device/arena.h"
#include "tensor/io/context.h"
#include "tensor/io/safetensors.h"

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

RunState run_state_from(const json& text) {
  RunState state;
  text.at("epoch").get_to(state.epoch);
  text.at("batch").get_to(state.batch);
  text.at("step").get_to(state.step);
  text.at("loss_sum").get_to(state.loss_sum);
  text.at("examples").get_to(state.examples);
  if (!text.at("best_loss").is_null()) state.best_loss = text.at("best_loss").get<double>();
  text.at("best_epoch").get_to(state.best_epoch);
  const json& plateau = text.at("plateau");
  if (!plateau.at("best_loss").is_null()) plateau.at("best_loss").get_to(state.plateau.best_loss);
  plateau.at("bad_epochs").get_to(state.plateau.bad_epochs);
  plateau.at("scale").get_to(state.plateau.scale);
  text.at("threads").get_to(state.threads);
  text.at("data").get_to(state.data_hash);
  text.at("skipped").get_to(state.skipped);
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

}  // namespace

void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  const json about = {
      {"version", kFormatVersion},
      {"state", to_json(checkpoint.state)},
      {"optimizer", {{"rule", word_of(checkpoint.optimizer.rule)}, {"steps", checkpoint.optimizer.steps}}},
      {"model", checkpoint.model.metadata},
      {"best", checkpoint.best ? json(checkpoint.best->metadata) : json(nullptr)}};
  io::TensorFile file{.tensors = {}, .metadata = {{"sonograd_checkpoint", about.dump()}}};
  add(file.tensors, kModel, checkpoint.model.tensors);
  add(file.tensors, kOptimizer, checkpoint.optimizer.moments);
  if (checkpoint.best) add(file.tensors, kBest, checkpoint.best->tensors);
  io::write_safetensors(path, file);
}

Checkpoint load_checkpoint(const std::filesystem::path& path) {
  return io::within(path.string(), [&] {
    const io::TensorFile file = io::read_safetensors(path);
    const auto found = file.metadata.find("sonograd_checkpoint");
    if (found == file.metadata.end()) throw FormatError("not a checkpoint of sonograd");
    try {
      const json about = json::parse(found->second);
      if (about.at("version") != kFormatVersion) {
        throw FormatError(concat("checkpoint format ", about.at("version").dump(),
                                 "; this build reads format ", kFormatVersion));
      }
      Checkpoint checkpoint{
          .model = {part_of(file.tensors, kModel), about.at("model").get<Metadata>()},
          .optimizer = {rule_from(about.at("optimizer").at("rule")), about.at("optimizer").at("steps"),
                        part_of(file.tensors, kOptimizer)},
          .state = run_state_from(about.at("state")),
          .best = {}};
      if (!about.at("best").is_null()) {
        checkpoint.best = {part_of(file.tensors, kBest), about.at("best").get<Metadata>()};
      }
      return checkpoint;
    } catch (const json::exception& error) {
      throw FormatError(concat("malformed checkpoint: ", error.what()));
    }
  });
}

io::TensorFile snapshot(const models::ModelDraft& model) {
  const NoArenaScope outlives_the_step;
  return {.tensors = models::export_state(*model.network), .metadata = models::to_metadata(model.about)};
}

}  // namespace sonograd::train
