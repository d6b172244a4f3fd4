#include "models/core/model.h"

#include "layers/init.h"
#include "models/core/architecture.h"
#include "models/core/model_error.h"
#include "models/core/weights.h"
#include "tensor/io/safetensors.h"

namespace sonograd::models {
namespace {

void save(const std::filesystem::path& path, const ModelDescription& about, const Network& network) {
  io::write_safetensors(path, {export_state(network), to_metadata(about)});
}

}  // namespace

ModelDraft make_model(ModelDescription about) {
  const Architecture architecture = find_architecture(about.arch);
  about.options = architecture.options.complete(about.options);
  std::unique_ptr<Network> network = architecture.make_network(about.options, std::ssize(about.labels));
  about.outputs.clear();
  for (const OutputInfo& output : network->outputs()) {
    if (output.name != kLogits) about.outputs.push_back(output.name);
  }
  return {std::move(about), std::move(network)};
}

Model::Model(ModelDraft draft, Device device, std::vector<std::string> warnings)
    : draft_(std::move(draft)), device_(device), warnings_(std::move(warnings)) {
  draft_.network->prepare(device);
}

namespace {

// A file of another kind is named as such, and not by the length of a header that it does not have.
io::TensorFile read_model_file(const std::filesystem::path& path) {
  try {
    return io::read_safetensors(path);
  } catch (const FormatError& error) {
    if (io::begins_as_safetensors(path)) throw ModelError(error.what());
    throw ModelError(concat(path.string(), ": this is no model file (.safetensors)"));
  }
}

}  // namespace

std::shared_ptr<const Model> load_model(const std::filesystem::path& path, Device device) {
  const io::TensorFile file = read_model_file(path);
  try {
    std::vector<std::string> warnings;
    const layers::UninitializedScope loaded_below;
    ModelDraft draft = make_model(from_metadata(file.metadata, &warnings));
    load_state(*draft.network, file.tensors);
    return std::make_shared<const Model>(std::move(draft), device, std::move(warnings));
  } catch (const FormatError& error) {
    throw ModelError(concat(path.string(), ": ", error.what()));
  } catch (const ConfigError& error) {  // options that exclude each other
    throw ModelError(concat(path.string(), ": ", error.what()));
  }
}

void save_model(const std::filesystem::path& path, const ModelDraft& draft) {
  save(path, draft.about, *draft.network);
}

void save_model(const std::filesystem::path& path, const Model& model) {
  save(path, model.about(), model.network());
}

}  // namespace sonograd::models
