#include "models/core/model_file.h"

#include "layers/init.h"
#include "models/core/model_error.h"
#include "models/core/weights.h"
#include "tensor/io/safetensors.h"

namespace sonograd::models {
namespace {

using nlohmann::json;

constexpr int kFormatVersion = 1;
constexpr std::string_view kFilterBank = "spec.mel_scale.fb";

json options_to_json(const ModelConfig& config) {
  json object = json::object();
  for (const ModelOption& option : model_options()) {
    const double value = get_option(config, option);
    if (option.integer != nullptr) {
      object[std::string(option.key)] = static_cast<std::int64_t>(value);
    } else {
      object[std::string(option.key)] = value;
    }
  }
  return object;
}

const std::string& entry(const std::map<std::string, std::string>& metadata, const std::string& key) {
  const auto found = metadata.find(key);
  if (found == metadata.end())
    throw ModelError(concat("not a sonograd model: the metadata have no '", key, "'"));
  return found->second;
}

// One of `names` by its text.
template <class Enum>
Enum choice(const json& value, std::string_view key,
            std::initializer_list<std::pair<const char*, Enum>> names) {
  for (const auto& [name, result] : names) {
    if (value == name) return result;
  }
  throw ModelError(concat("config.", key, " has the unknown value ", value.dump()));
}

ModelDescription parse(const std::map<std::string, std::string>& metadata) {
  ModelDescription about;
  about.arch = entry(metadata, "arch");
  about.config = find_architecture(about.arch).defaults;
  const json config = json::parse(entry(metadata, "config"));
  for (const auto& [key, value] : config.at("model").items())
    set_option(about.config, key, value.get<double>());
  about.output = choice<Output>(config.at("output"), "output",
                                {{"sigmoid", Output::sigmoid}, {"softmax", Output::softmax}});
  about.pcm = choice<Pcm>(config.at("pcm"), "pcm", {{"float", Pcm::as_decoded}, {"int16", Pcm::int16}});
  // The first files of this format do not say.
  about.front_end = choice<FrontEnd>(config.value("front_end", "computed"), "front_end",
                                     {{"computed", FrontEnd::computed}, {"stored", FrontEnd::stored}});
  about.aggregate = parse_aggregate(config.at("aggregate").get<std::string>());
  about.pad =
      choice<ClipPad>(config.at("pad"), "pad", {{"repeat", ClipPad::repeat}, {"zero", ClipPad::zero}});
  about.hop_samples = config.at("hop_samples").get<std::int64_t>();
  about.chunks = config.value("chunks", std::int64_t{0});  // absent from the first files of this format
  about.thresholds = config.at("thresholds").get<std::vector<double>>();
  about.training = config.at("training");
  about.labels = json::parse(entry(metadata, "labels")).get<std::vector<std::string>>();
  about.metrics = json::parse(entry(metadata, "metrics"));
  about.licence = entry(metadata, "licence");
  if (about.hop_samples < 0) throw ModelError("config.hop_samples is negative");
  if (about.chunks < 0) throw ModelError("config.chunks is negative");
  if (!about.thresholds.empty() && about.thresholds.size() != about.labels.size()) {
    throw ModelError(concat("config.thresholds has ", about.thresholds.size(), " entries for ",
                            about.labels.size(), " labels"));
  }
  return about;
}

// Sizes that the tensors themselves tell: width of the first convolution, outputs of the last linear layer,
// and the front end's filter bank.
ModelConfig sizes_of(const io::NamedTensors& weights, ModelConfig config) {
  bool first_convolution = true;
  for (const auto& [name, tensor] : weights) {
    const Shape& shape = tensor.shape();
    if (name == kFilterBank && shape.rank() == 2) {
      set_option(config, "n_fft", 2.0 * static_cast<double>(shape[0] - 1));
      set_option(config, "n_mels", static_cast<double>(shape[1]));
    } else if (shape.rank() >= 3 && first_convolution) {
      set_option(config, "channels", static_cast<double>(shape[0]));
      first_convolution = false;
    } else if (shape.rank() == 2) {
      set_option(config, "labels", static_cast<double>(shape[0]));
    }
  }
  return config;
}

bool fits(const layers::Module& module, const io::NamedTensors& weights) {
  std::size_t found = 0;
  for (const layers::StateEntry& entry : module.state()) {
    const Tensor* tensor = weights.find(entry.name);
    if (tensor == nullptr) {
      if (entry.parameter != nullptr) return false;
      continue;
    }
    if (tensor->shape() != file_shape(entry.tensor.shape(), entry.layout)) return false;
    ++found;
  }
  return found == weights.size();
}

}  // namespace

Aggregate parse_aggregate(std::string_view text) {
  for (const Aggregate candidate : {Aggregate::mean, Aggregate::max, Aggregate::vote}) {
    if (text == name_of(candidate)) return candidate;
  }
  throw ConfigError(concat("--aggregate ", text, ": expected mean, max or vote"));
}

std::string_view name_of(Aggregate aggregate) {
  switch (aggregate) {
    case Aggregate::mean:
      return "mean";
    case Aggregate::max:
      return "max";
    case Aggregate::vote:
      return "vote";
  }
  return "?";
}

std::string_view name_of(FrontEnd front_end) {
  return front_end == FrontEnd::stored ? "stored" : "computed";
}

FrontEnd front_end_of(const io::TensorFile& weights) {
  if (weights.metadata.contains("sonograd")) return from_metadata(weights.metadata).front_end;
  return weights.tensors.contains(kFilterBank) ? FrontEnd::stored : FrontEnd::computed;
}

Model make_model(ModelDescription about) {
  if (static_cast<std::int64_t>(about.labels.size()) != about.config.labels) {
    throw ModelError(
        concat(about.labels.size(), " labels for a model with ", about.config.labels, " outputs"));
  }
  std::unique_ptr<Tagger> network = find_architecture(about.arch).make(about.config);
  return {std::move(about), std::move(network)};
}

std::map<std::string, std::string> to_metadata(const ModelDescription& about) {
  const json config = {
      {"model", options_to_json(about.config)},
      {"output", about.output == Output::sigmoid ? "sigmoid" : "softmax"},
      {"pcm", about.pcm == Pcm::int16 ? "int16" : "float"},
      {"front_end", name_of(about.front_end)},
      {"aggregate", name_of(about.aggregate)},
      {"pad", about.pad == ClipPad::zero ? "zero" : "repeat"},
      {"hop_samples", about.hop_samples},
      {"chunks", about.chunks},
      {"thresholds", about.thresholds},
      {"training", about.training},
  };
  return {{"sonograd", std::to_string(kFormatVersion)},
          {"arch", about.arch},
          {"config", config.dump()},
          {"labels", json(about.labels).dump()},
          {"metrics", about.metrics.dump()},
          {"licence", about.licence}};
}

ModelDescription from_metadata(const std::map<std::string, std::string>& metadata) {
  const std::string& version = entry(metadata, "sonograd");
  if (version != std::to_string(kFormatVersion)) {
    throw ModelError(concat("model format ", version, "; this build reads format ", kFormatVersion));
  }
  try {
    return parse(metadata);
  } catch (const json::exception& error) {
    throw ModelError(concat("the model's metadata are malformed: ", error.what()));
  } catch (const ConfigError& error) {
    throw ModelError(error.what());
  }
}

Model load_model(const std::filesystem::path& path, Device device) {
  try {
    const io::TensorFile file = io::read_safetensors(path);
    const layers::UninitializedScope loaded_below;
    Model model = make_model(from_metadata(file.metadata));
    load_state(*model.network, file.tensors);
    model.network->train(false);
    model.network->to(device);
    return model;
  } catch (const FormatError& error) {
    throw ModelError(concat(path.string(), ": ", error.what()));
  }
}

void save_model(const std::filesystem::path& path, const Model& model) {
  io::write_safetensors(path, {export_state(*model.network), to_metadata(model.about)});
}

std::vector<ModelDescription> infer_architecture(const io::NamedTensors& weights) {
  std::vector<ModelDescription> candidates;
  for (const Architecture& architecture : all_architectures()) {
    ModelDescription about;
    about.arch = architecture.name;
    try {
      const layers::UninitializedScope extents_only;
      about.config = sizes_of(weights, architecture.defaults);
      if (fits(*architecture.make(about.config), weights)) candidates.push_back(std::move(about));
    } catch (const Error&) {
      continue;  // sizes that this network cannot have
    }
  }
  return candidates;
}

}  // namespace sonograd::models
