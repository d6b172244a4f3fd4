// A model file describes itself: network, front end, labels and how to use it. `tag` needs nothing else.
#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "models/core/registry.h"
#include "tensor/io/named_tensors.h"

namespace sonograd::models {

/// What turns logits into scores: independent tags, or one label of several.
enum class Output { sigmoid, softmax };
/// What the network was trained on: samples as decoded, or rounded to 16 bits on the way.
enum class Pcm { as_decoded, int16 };
enum class Aggregate { mean, max, vote };
/// Where the window and the filter bank of the spectrogram come from: they are those of a published file, or follow from
/// the sizes of the front end. A network that hears waveforms has neither.
enum class FrontEnd { computed, stored };
/// What follows the end of a clip shorter than a chunk.
enum class ClipPad { repeat, zero };

/// Everything about a model but its weights.
struct ModelDescription {
  std::string arch;
  ModelConfig config;
  std::vector<std::string> labels;  ///< in output order, `config.labels` of them
  Output output = Output::sigmoid;
  Pcm pcm = Pcm::as_decoded;
  FrontEnd front_end = FrontEnd::computed;
  std::int64_t hop_samples = 0;  ///< between chunks; 0: the chunk length
  std::int64_t chunks = 0;       ///< > 0: that many equally spaced ones a clip instead
  Aggregate aggregate = Aggregate::mean;
  ClipPad pad = ClipPad::repeat;
  std::vector<double> thresholds;  ///< per label; empty: 0.5 everywhere
  nlohmann::json training =
      nlohmann::json::object();  ///< recipe, seed, epochs, data hash; no clock, host or path
  nlohmann::json metrics = nlohmann::json::object();  ///< by split
  std::string licence;
};

struct Model {
  ModelDescription about;
  std::unique_ptr<Tagger> network;
};

/// A new network with initial weights from the ambient RandomScope. Throws ModelError when the labels do not
/// match `config.labels`.
Model make_model(ModelDescription about);

/// The metadata of a model file, and back. Throws ModelError for metadata that are absent, of another format
/// version, or not what this version writes.
std::map<std::string, std::string> to_metadata(const ModelDescription& about);
ModelDescription from_metadata(const std::map<std::string, std::string>& metadata);

/// In evaluation mode, on `device`. Throws ModelError, naming the file, for anything that is not a complete model; ReadError
/// when it cannot be read.
Model load_model(const std::filesystem::path& path, Device device = {});
/// Replaces `path` in one step. Equal models give equal bytes.
void save_model(const std::filesystem::path& path, const Model& model);

/// Architectures, with sizes taken from the tensors, that these published weights fit exactly.
std::vector<ModelDescription> infer_architecture(const io::NamedTensors& weights);

/// `mean`, `max` or `vote`. Throws ConfigError for another word.
Aggregate parse_aggregate(std::string_view text);
std::string_view name_of(Aggregate aggregate);
std::string_view name_of(FrontEnd front_end);
/// What weights make of the front end of a network that takes them: what their model file says, else `stored` when they
/// have a filter bank.
FrontEnd front_end_of(const io::TensorFile& weights);

}  // namespace sonograd::models
