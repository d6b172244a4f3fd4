// Everything about a model but its weights: network, front end, labels and how to use it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "audio/chunks.h"
#include "models/core/option.h"

namespace sonograd::models {

/// From logits to scores: independent tags, or one label of several.
enum class Output : std::uint8_t { sigmoid, softmax };
/// Samples that the network was trained on: as decoded, or rounded to 16 bits on the way.
enum class Pcm : std::uint8_t { as_decoded, int16 };
enum class Aggregate : std::uint8_t { mean, max, vote };
/// Origin of the window and the filter bank of the spectrogram: they follow from the options of the front end, or are those
/// of a published file. A network that hears waveforms has neither.
enum class FilterBank : std::uint8_t { computed, stored };

struct ModelDescription {
  std::string arch;
  OptionValues options;             ///< of the network; those that are not given have their default
  std::vector<std::string> labels;  ///< in output order
  Output output = Output::sigmoid;
  Pcm pcm = Pcm::as_decoded;
  FilterBank filter_bank = FilterBank::computed;
  std::int64_t hop_samples = 0;  ///< between chunks; 0: the chunk length
  std::int64_t chunks = 0;       ///< > 0: that many equally spaced ones a clip instead
  Aggregate aggregate = Aggregate::mean;
  audio::Pad pad = audio::Pad::repeat;  ///< of clips shorter than a chunk
  std::vector<double> thresholds;       ///< per label; empty: 0.5 everywhere
  std::vector<std::string> outputs;     ///< those that the network has beside its logits
  std::string training = "{}";  ///< JSON object: recipe, seed, epochs, data hash; no clock, host or path
  std::string metrics = "{}";   ///< JSON object: scores by split
  std::string licence;
};

/// `mean`, `max` or `vote`. Throws ConfigError for another word.
Aggregate parse_aggregate(std::string_view text);
std::string_view name_of(Aggregate aggregate);
std::string_view name_of(FilterBank origin);

/// The metadata of a model file.
std::map<std::string, std::string> to_metadata(const ModelDescription& about);

/// Reads them back. Each option that this version does not know and may pass over is named in `warnings`, unless that is
/// null. Throws ModelError for metadata that are absent, malformed, of a later format, or that hold an option which this
/// version lacks and the network needs.
ModelDescription from_metadata(const std::map<std::string, std::string>& metadata,
                               std::vector<std::string>* warnings = nullptr);

}  // namespace sonograd::models
