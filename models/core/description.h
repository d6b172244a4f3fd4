// A model without its weights: network, front end, labels, and the way from chunks to scores.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "audio/chunks.h"
#include "models/core/option.h"
#include "tensor/support/words.h"

namespace sonograd::models {

/// Function from logits to scores: sigmoid for tags (multi-label), softmax for classes (multi-class).
enum class Output : std::uint8_t { sigmoid, softmax };
/// Samples with which the network was trained: as decoded, or rounded to 16 bits.
enum class Pcm : std::uint8_t { as_decoded, int16 };
/// Combination of the scores of the chunks of a clip; see ClipAggregate.
enum class Aggregate : std::uint8_t { mean, max, vote };
/// Origin of the window and the filter bank of the spectrogram: computed from the options of the front end, or stored in the
/// file. A network that takes waveforms has neither.
enum class FilterBank : std::uint8_t { computed, stored };

struct ModelDescription {
  std::string arch;
  OptionValues options;             ///< options of the network; absent ones have their default
  std::vector<std::string> labels;  ///< in output order
  Output output = Output::sigmoid;
  Pcm pcm = Pcm::as_decoded;
  FilterBank filter_bank = FilterBank::computed;
  std::int64_t hop_samples = 0;  ///< distance of chunks in samples; 0: the chunk length
  std::int64_t chunks = 0;       ///< > 0: that many equally spaced chunks of each clip instead
  Aggregate aggregate = Aggregate::mean;
  audio::Pad pad = audio::Pad::repeat;  ///< for clips shorter than a chunk
  std::vector<double> thresholds;       ///< per label; empty: 0.5 everywhere
  std::vector<std::string> outputs;     ///< named outputs of the network beside its logits
  std::string training = "{}";  ///< JSON object: recipe, seed, epochs, data hash; no time, host or path
  std::string metrics = "{}";   ///< JSON object: scores by split
  std::string licence;
};

/// `mean`, `max` or `vote`. Throws ConfigError for another word.
Aggregate parse_aggregate(std::string_view text);
std::string_view name_of(Aggregate aggregate);
std::string_view name_of(FilterBank origin);

/// The metadata of a model file.
std::map<std::string, std::string> to_metadata(const ModelDescription& about);

/// The description in the metadata of a model file. Adds a sentence to `warnings`, unless that is null, for each option that
/// this version lacks and may pass over. Throws ModelError for metadata that are absent, malformed, of a later format, or
/// that contain an option in another section than its own, or one which this version lacks and the network needs.
ModelDescription from_metadata(const std::map<std::string, std::string>& metadata,
                               std::vector<std::string>* warnings = nullptr);

}  // namespace sonograd::models

namespace sonograd {

template <>
inline constexpr auto kWords<models::Output> = std::to_array<Word<models::Output>>(
    {{"sigmoid", models::Output::sigmoid}, {"softmax", models::Output::softmax}});
template <>
inline constexpr auto kWords<models::Pcm> =
    std::to_array<Word<models::Pcm>>({{"int16", models::Pcm::int16}, {"float", models::Pcm::as_decoded}});
template <>
inline constexpr auto kWords<models::Aggregate> = std::to_array<Word<models::Aggregate>>(
    {{"mean", models::Aggregate::mean}, {"max", models::Aggregate::max}, {"vote", models::Aggregate::vote}});
template <>
inline constexpr auto kWords<models::FilterBank> = std::to_array<Word<models::FilterBank>>(
    {{"computed", models::FilterBank::computed}, {"stored", models::FilterBank::stored}});

}  // namespace sonograd
