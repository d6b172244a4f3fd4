#include "models/core/model.h"

#include "layers/init.h"
#include "models/core/architecture.h"
#include "models/core/model_error.h"
#include "models/core/recognise.h"
#include "models/core/shape_check.h"
#include "models/core/weights.h"
#include "tensor/io/safetensors.h"
#include "tensor/support/text.h"

namespace sonograd::models {
namespace {

void save(const std::filesystem::path& path, const ModelDescription& about, const Network& network) {
  io::write_safetensors(path, {export_state(network), to_metadata(about)});
}

// A file of another kind is named as such, and not by the length of a header that it does not have.
io::TensorFile read_model_file(const std::filesystem::path& path) {
  try {
    return io::read_safetensors(path);
  } catch (const FormatError& error) {
    if (path.extension() == ".safetensors" || io::begins_as_safetensors(path)) throw ModelError(error.what());
    throw ModelError(concat(path.string(), ": this is no model file (.safetensors)"));
  }
}

// Parameters that a network for these tensors may have: as many values, and room for those of a common network, whose names an
// error can list when they are missing.
std::uint64_t most_values(const io::NamedTensors& tensors) {
  std::uint64_t count = std::uint64_t{1} << 24;
  for (const auto& [name, tensor] : tensors) count += static_cast<std::uint64_t>(tensor.numel());
  return count;
}

bool would_fit(const Architecture& architecture, const OptionValues& options, std::int64_t labels,
               const io::NamedTensors& tensors) {
  try {
    const layers::UninitializedScope extents_only(most_values(tensors));
    return fits(*architecture.make_network(options, labels), tensors);
  } catch (const Error&) {
    return false;  // sizes that the network cannot have
  }
}

// The one network that the tensors fit, if it is not the stated one.
std::string other_network(const std::string& stated, const io::NamedTensors& tensors) {
  const std::vector<RecognisedNetwork> found = recognise(tensors);
  if (found.size() != 1 || found.front().arch == stated) return {};
  return concat("; arch = ", stated, ", the tensors are those of ", found.front().arch);
}

// The one entry of the description with which the tensors would fit if it followed them; empty when no single one does.
std::string part_at_fault(const ModelDescription& about, const io::NamedTensors& tensors) {
  const Architecture architecture = find_architecture(about.arch);
  Sizes sizes;
  try {
    sizes = architecture.sizes_of(tensors);
  } catch (const Error&) {
    return other_network(about.arch, tensors);  // a tensor that determines a size is missing
  }
  const OptionValues stated = architecture.options.complete(about.options);
  const std::int64_t labels = std::ssize(about.labels);
  for (const auto& [key, value] : sizes.options) {
    OptionValues changed = stated;
    changed[key] = value;
    if (changed != stated && would_fit(architecture, changed, labels, tensors)) {
      return concat("; config.", architecture.options.at(key).path(), " = ", to_text(stated.at(key)),
                    ", the tensors are those of ", to_text(value));
    }
  }
  if (would_fit(architecture, stated, sizes.labels, tensors))
    return concat("; labels names ", counted(about.labels.size(), "output"), ", the tensors have ",
                  sizes.labels);
  return other_network(about.arch, tensors);
}

using MakeNetwork = std::unique_ptr<Network>(const Architecture&, const OptionValues&, std::int64_t labels);

ModelDraft draft_by(MakeNetwork& make, ModelDescription about) {
  const Architecture architecture = find_architecture(about.arch);
  about.options = architecture.options.complete(about.options);
  std::unique_ptr<Network> network = make(architecture, about.options, std::ssize(about.labels));
  about.outputs.clear();
  for (const OutputInfo& output : network->outputs()) {
    if (output.name != kLogits) about.outputs.push_back(output.name);
  }
  return {std::move(about), std::move(network)};
}

}  // namespace

ModelDraft make_model(ModelDescription about) {
  return draft_by(make_checked_network, std::move(about));
}

ModelDraft draft_of_file(const io::TensorFile& file, std::vector<std::string>* warnings) {
  const ModelDescription about = from_metadata(file.metadata, warnings);
  const auto refuse = [&](std::string_view reason) {
    throw ModelError(
        concat("the weights do not fit the model: ", reason, part_at_fault(about, file.tensors)));
  };
  try {
    const layers::UninitializedScope extents_only(most_values(file.tensors));
    ModelDraft draft = draft_by(make_sized_network, about);
    const std::string problems = to_text(difference(*draft.network, file.tensors));
    if (!problems.empty()) refuse(problems);
    check_shapes(find_architecture(about.arch), draft.about.options, *draft.network);
    return draft;
  } catch (const layers::TooManyValues&) {
    refuse("the network has more parameters than the file has values");
    throw;
  } catch (const ConfigError& error) {  // options that exclude each other
    throw ModelError(error.what());
  }
}

Model::Model(ModelDraft draft, Device device, std::vector<std::string> warnings)
    : draft_(std::move(draft)), device_(device), warnings_(std::move(warnings)) {
  draft_.network->prepare(device);
}

std::shared_ptr<const Model> load_model(const std::filesystem::path& path, Device device) {
  const io::TensorFile file = read_model_file(path);
  try {
    std::vector<std::string> warnings;
    ModelDraft draft = draft_of_file(file, &warnings);
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
