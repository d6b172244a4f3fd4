// The chunks of a sound file, cut as a model takes them, in memory that does not grow with the file.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <vector>

#include "audio/chunks.h"
#include "audio/decode.h"
#include "models/core/model.h"

namespace sonograd::models {

/// How a clip is cut.
struct ChunkRule {
  int sample_rate = 16000;      ///< Hz
  std::int64_t length = 59049;  ///< samples of a chunk
  std::int64_t hop = 59049;     ///< samples between chunks
  std::int64_t count = 0;       ///< > 0: that many equally spaced chunks instead of all at the hop
  audio::Pad pad = audio::Pad::repeat;
  bool round_to_int16 = false;  ///< as the model's training data were

  /// Of the model file, for a network with that input.
  static ChunkRule of(const ModelDescription& about, const Input& input);
  static ChunkRule of(const Model& model) { return of(model.about(), model.network().input()); }
  /// The chunks of a clip of that length.
  std::vector<audio::Chunk> positions(std::int64_t samples) const;
};

/// Decodes `path` and passes its chunks to `sink`, in order; the span is valid during the call. With `count`
/// the file is read twice, the first time for its length. A file without samples is one chunk of silence.
/// Throws as audio::ClipStream does; chunks may have been passed on by then.
audio::SourceReport for_each_chunk(const std::filesystem::path& path, const ChunkRule& rule,
                                   const std::function<void(std::span<const float>)>& sink);

/// The same of mono samples at the rate of the rule.
void for_each_chunk(std::span<const float> samples, const ChunkRule& rule,
                    const std::function<void(std::span<const float>)>& sink);

}  // namespace sonograd::models
