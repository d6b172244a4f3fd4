#include "train/run/model_setup.h"

#include <nlohmann/json.hpp>

#include "models/core/architecture.h"
#include "models/core/model_error.h"
#include "models/core/used_options.h"
#include "models/core/weights.h"
#include "models/core/wrapped_weights.h"
#include "models/tagging/chunk_source.h"
#include "tensor/io/context.h"
#include "tensor/io/json.h"
#include "tensor/io/pth.h"
#include "tensor/io/safetensors.h"
#include "tensor/support/text.h"
#include "train/data/metric_record.h"
#include "train/data/test_set.h"
#include "train/run/checkpoint.h"
#include "train/run/json_entry.h"

namespace sonograd::train {
namespace {

constexpr std::size_t kShownNames = 3;

// The network that a model file or a checkpoint is of, for a sentence; empty for other files.
std::string network_in(const io::TensorFile& file) {
  if (!file.metadata.contains("sonograd")) return "";
  return concat(" (a ", models::from_metadata(file.metadata).arch, ")");
}

// "2 of 51 tensors keep their initial value (other extents: a and b); not used: c"
std::string partial_fit(const models::StateDifference& rest, std::size_t fitting) {
  const std::size_t initial = rest.misfits.size() + rest.missing.size();
  std::string text;
  if (initial > 0) {
    text = concat(initial, " of ", fitting + initial, " tensors ", initial == 1 ? "keeps its" : "keep their",
                  " initial value (");
    if (!rest.misfits.empty()) text += concat("other extents: ", listed(rest.misfits, kShownNames));
    if (!rest.misfits.empty() && !rest.missing.empty()) text += "; ";
    if (!rest.missing.empty()) text += concat("not in the file: ", listed(rest.missing, kShownNames));
    text += ')';
  }
  if (!rest.unexpected.empty())
    text += concat(text.empty() ? "" : "; ", "not used: ", listed(rest.unexpected, kShownNames));
  return text;
}

io::TensorFile read_weights(const std::filesystem::path& file) {
  try {
    // Lightning's checkpoints have the name of ours.
    if (file.extension() != ".safetensors" && !io::begins_as_safetensors(file))
      return {io::read_pth(file), {}};
    io::TensorFile read = io::read_safetensors(file);
    auto model = io::within(file.string(), [&] { return model_in_checkpoint(read); });
    return model ? *std::move(model) : std::move(read);
  } catch (const FormatError& error) {
    throw models::ModelError(error.what());
  }
}

// Names the file in errors of what is in it.
template <class Call>
auto naming(const std::filesystem::path& file, Call&& call) {
  try {
    return call();
  } catch (const models::ModelError& error) {
    throw models::ModelError(concat(file.string(), ": ", error.what()));
  }
}

}  // namespace

models::ModelDescription describe_model(const Settings& settings, const LabelSet& labels, bool is_new) {
  if (settings.model.contains("labels"))
    throw ConfigError("model.labels follows from the data set and cannot be set");
  const models::Architecture architecture = models::find_architecture(settings.train.arch);
  models::ModelDescription about;
  about.arch = settings.train.arch;
  about.options = architecture.options.complete(settings.model);
  if (is_new) models::require_effects(architecture, about.options);
  about.labels = labels.names();
  about.output = labels.task() == Task::multi_label ? models::Output::sigmoid : models::Output::softmax;
  about.pcm = settings.data.pcm;
  if (settings.eval.hop != 0) {
    const models::Input input = architecture.input_of(about.options);
    about.hop_samples = is_new ? models::hop_in_samples("eval.hop", settings.eval.hop, input)
                               : std::llround(settings.eval.hop * static_cast<double>(input.sample_rate));
  }
  about.chunks = settings.eval.chunks;
  about.aggregate = settings.eval.aggregate;
  about.pad = settings.eval.pad;
  nlohmann::json training = {{"recipe", settings.train.recipe.name},
                             {"seed", settings.train.seed},
                             {"epochs", settings.train.epochs}};
  if (labels.targets_of() == TargetsOf::step) training[kTargetsKey] = labels.column();
  if (const auto metric = MetricRecord::of(settings)) training[kMetricKey] = to_json(*metric);
  about.training = training.dump();
  return about;
}

void record_data(models::ModelDraft& model, const std::string& hash) {
  set_entry(model.about.training, "data", hash);
}

void record_teacher(models::ModelDraft& model, const TeacherRecord& teacher) {
  set_entry(model.about.training, "teacher", {{"model", teacher.model}, {"unlabelled", teacher.clips}});
}

TeacherRecord teacher_record(const models::ModelDescription& about) {
  const nlohmann::json training = io::parse_json(about.training);
  const auto text = [&](const char* key) -> std::string {
    const auto teacher = training.find("teacher");
    if (teacher == training.end() || !teacher->is_object()) return "";
    const auto entry = teacher->find(key);
    return entry != teacher->end() && entry->is_string() ? entry->get<std::string>() : "";
  };
  return {text("model"), text("unlabelled")};
}

Initialisation initialise_from(models::ModelDraft& model, const std::filesystem::path& weights) {
  io::TensorFile file = read_weights(weights);
  Initialisation result;
  result.prefix = naming(weights, [&] { return models::best_prefix(*model.network, file.tensors); });
  file.tensors = models::without_prefix(file.tensors, result.prefix);
  const models::StateDifference rest = models::difference(*model.network, file.tensors);
  const std::size_t fitting = file.tensors.size() - rest.unexpected.size() - rest.misfits.size();
  result.remark = partial_fit(rest, fitting);
  if (fitting == 0) {
    throw models::ModelError(concat(weights.string(), naming(weights, [&] { return network_in(file); }),
                                    ": expected weights of which some fit ", model.about.arch, "; ",
                                    result.remark));
  }
  naming(weights, [&] { return models::load_matching_state(*model.network, file.tensors); });
  if (rest.front_end_fits)
    model.about.filter_bank = naming(weights, [&] { return models::filter_bank_of(*model.network, file); });
  return result;
}

}  // namespace sonograd::train
