// The chunks of a sound file, cut for a model, in memory that does not grow with the file.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "audio/chunk_reader.h"
#include "audio/decode.h"
#include "models/core/model.h"

namespace sonograd::models {

/// Division of a clip into chunks.
struct ChunkRule {
  int sample_rate = 16000;      ///< Hz
  std::int64_t length = 59049;  ///< length of a chunk, in samples
  std::int64_t hop = 59049;     ///< distance of chunks, in samples
  std::int64_t count = 0;       ///< > 0: that many equally spaced chunks instead of all at the hop
  audio::Pad pad = audio::Pad::repeat;
  audio::ClipEnds ends = {};
  bool round_to_int16 = false;  ///< as the model's training data were

  /// The rule of a model, for a network with that input.
  static ChunkRule of(const ModelDescription& about, const Input& input);
  static ChunkRule of(const Model& model) { return of(model.about(), model.network().input()); }
  /// Distance of the chunks of a clip of that length; 0: equally spaced by less than a sample.
  std::int64_t hop_in(std::int64_t samples) const;
  /// Is a clip of that length shorter than a chunk, with the zeros at its ends?
  bool is_short(std::int64_t samples) const { return samples + 2 * context_of(samples) < length; }
  /// Number of the chunks of a clip of that length.
  std::int64_t count_in(std::int64_t samples) const;
  /// Position of chunk `index` of a clip of that length, as `for_each_chunk` cuts it, without its context outside of the clip.
  audio::Chunk place(std::size_t index, std::int64_t samples) const;
  /// Positions of the chunks of a clip of that length; with a context, the first begins before the clip, and the last may end
  /// behind it.
  std::vector<audio::Chunk> positions(std::int64_t samples) const;

 private:
  std::int64_t context_of(std::int64_t samples) const;
};

/// Samples between the starts of two chunks that are `seconds` apart: from one sample to a chunk. Throws ConfigError, which
/// begins with `origin`, for any other distance.
std::int64_t hop_in_samples(std::string_view origin, double seconds, const Input& input);

/// Decodes `path` and passes its chunks to `sink`, in order; the span is valid during the call. With `count`
/// the file is read twice, the first time for its length.
/// Throws as audio::ClipStream does, and Error as soon as `keep_going` returns false; chunks may have been passed on by then.
audio::SourceReport for_each_chunk(const std::filesystem::path& path, const ChunkRule& rule,
                                   const std::function<void(std::span<const float>)>& sink,
                                   const std::function<bool()>& keep_going = {});

/// Passes the chunks of mono samples, at the sample rate of the rule, to `sink`.
void for_each_chunk(std::span<const float> samples, const ChunkRule& rule,
                    const std::function<void(std::span<const float>)>& sink);

}  // namespace sonograd::models
