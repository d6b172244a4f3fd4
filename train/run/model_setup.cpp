#include "train/run/model_setup.h"

#include <nlohmann/json.hpp>

#include "models/core/architecture.h"
#include "models/core/model_error.h"
#include "models/core/weights.h"
#include "models/core/wrapped_weights.h"
#include "models/tagging/chunk_source.h"
#include "tensor/io/context.h"
#include "tensor/io/pth.h"
#include "tensor/io/safetensors.h"
#include "train/run/checkpoint.h"
#include "train/run/json_entry.h"

namespace sonograd::train {
namespace {

std::string sentence(std::string_view what, const std::vector<std::string>& names) {
  std::string text = concat(names.size(), ' ', what, ':');
  for (const std::string& name : names) text += ' ' + name;
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

models::ModelDescription describe_model(const Settings& settings, const LabelSet& labels) {
  if (settings.model.contains("labels"))
    throw ConfigError("model.labels follows from the data set and cannot be set");
  const models::Architecture architecture = models::find_architecture(settings.train.arch);
  models::ModelDescription about;
  about.arch = settings.train.arch;
  about.options = architecture.options.complete(settings.model);
  about.labels = labels.names();
  about.output = labels.task() == Task::multi_label ? models::Output::sigmoid : models::Output::softmax;
  about.pcm = settings.data.pcm;
  if (settings.eval.hop != 0) {
    about.hop_samples =
        models::hop_in_samples("eval.hop", settings.eval.hop, architecture.input_of(about.options));
  }
  about.chunks = settings.eval.chunks;
  about.aggregate = settings.eval.aggregate;
  about.pad = settings.eval.pad;
  const nlohmann::json training = {{"recipe", word_of(settings.train.recipe)},
                                   {"seed", settings.train.seed},
                                   {"epochs", settings.train.epochs}};
  about.training = training.dump();
  return about;
}

void record_data(models::ModelDraft& model, const std::string& hash) {
  set_entry(model.about.training, "data", hash);
}

std::vector<std::string> initialise_from(models::ModelDraft& model, const std::filesystem::path& weights) {
  io::TensorFile file = read_weights(weights);
  const std::string prefix =
      naming(weights, [&] { return models::best_prefix(*model.network, file.tensors); });
  file.tensors = models::without_prefix(file.tensors, prefix);
  const io::NamedTensors& tensors = file.tensors;
  const models::StateDifference rest = models::load_matching_state(*model.network, tensors);
  if (rest.front_end_fits)
    model.about.filter_bank = naming(weights, [&] { return models::filter_bank_of(*model.network, file); });
  if (rest.unexpected.size() + rest.misfits.size() >= tensors.size()) {
    throw models::ModelError(
        concat(weights.string(), ": none of its ", tensors.size(), " tensors fits ", model.about.arch));
  }
  std::vector<std::string> sentences;
  if (!prefix.empty()) sentences.push_back(concat("the tensors are under '", prefix, "', which is removed"));
  if (!rest.misfits.empty()) {
    sentences.push_back(
        sentence("tensors keep their initial value, because their extents differ", rest.misfits));
  }
  if (!rest.missing.empty()) {
    sentences.push_back(
        sentence("tensors keep their initial value, because the file lacks them", rest.missing));
  }
  if (!rest.unexpected.empty()) {
    sentences.push_back(sentence("tensors of the file are not used", rest.unexpected));
  }
  return sentences;
}

}  // namespace sonograd::train
