// Tags of sound files and samples:
//
//   sonograd::Tagger tagger(sonograd::Model::load("model.safetensors"));
//   for (const sonograd::Tag& tag : tagger.tag("song.mp3").top(5)) std::cout << tag.label << ' ' << tag.score << '\n';
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <sonograd/array.h>
#include <sonograd/model.h>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sonograd {

/// Division of a sound into chunks, and combination of their scores.
struct TaggerOptions {
  std::string aggregate;  ///< `mean`, `max` or `vote` over the chunks; empty: the setting of the model
  /// Number of equally spaced chunks, 0 to 100,000; 0: all chunks at the hop of the model; unset: the setting of the model.
  std::optional<std::int64_t> chunks;
  int batch = 0;  ///< chunks that pass through the network together, 0 to 4096; 0: a minute of sound
};

/// A label and its score.
struct Tag {
  std::string label;
  float score = 0;  ///< in [0, 1]
};

/// A chunk of the sound and its scores.
struct TaggedChunk {
  double begin = 0, end = 0;  ///< seconds from the beginning of the sound
  std::vector<float> scores;  ///< in [0, 1], one per label
};

/// Scores of a sound.
struct Tags {
  std::vector<Tag> tags;            ///< every label, in output order
  std::vector<TaggedChunk> chunks;  ///< in order of time
  double seconds = 0;               ///< length of the sound
  std::string warning;              ///< damage of a file, after which enough is left to score; empty: none

  /// The `count` highest scores (all, when there are fewer), highest first; equal scores in output order.
  std::vector<Tag> top(std::size_t count) const;
};

/// A stretch of a sound.
struct TimeSpan {
  double begin = 0, end = 0;  ///< seconds
};

/// A named output of the network for every chunk of a sound.
struct ChunkOutputs {
  Array values;                  ///< [chunks, extents of the output]
  std::vector<TimeSpan> chunks;  ///< in order of time
  double seconds = 0;            ///< length of the sound
  std::string warning;           ///< damage of a file, after which enough is left; empty: none
};

/// Scores sounds with a model. Its members may be called on several threads at the same time. `tag` and `output` switch the
/// calling thread to flush subnormal numbers to zero. The tagger keeps the memory of as many calls as have run at one time, for
/// later calls, until it and its copies are destroyed.
///
/// A thread prepares the convolutions of a network and its team of CPU threads in its first call, and keeps them until it ends.
/// Servers call from threads that stay, as in a pool: a thread for each request prepares them for each request.
class Tagger {
 public:
  /// Throws ConfigError for options out of range.
  explicit Tagger(Model model, const TaggerOptions& options = {});

  const Model& model() const { return model_; }

  /// Tags of a file that libsndfile or an installed ffmpeg reads. Throws IoError (missing, unreadable), FormatError (not a
  /// sound file, no usable sample, a rate outside 1,000 to 768,000 Hz, damaged within the first second), and Error when the
  /// scores are not finite.
  Tags tag(const std::filesystem::path& file) const;
  /// Tags of one channel of samples in [-1, 1] at `sample_rate` Hz. No samples count as a chunk of silence. Throws ConfigError
  /// for a rate outside 1 to 768,000, and Error when the scores are not finite.
  Tags tag(std::span<const float> samples, int sample_rate) const;

  /// An output of `Model::outputs`, by name, for the chunks of `tag`. Throws ConfigError for a name that the network lacks, and
  /// otherwise as `tag`.
  ChunkOutputs output(std::string_view name, const std::filesystem::path& file) const;
  ChunkOutputs output(std::string_view name, std::span<const float> samples, int sample_rate) const;

 private:
  struct State;
  Model model_;
  std::shared_ptr<State> state_;
};

/// Sets the number of CPU threads of a computation, whichever thread starts it. Less than 1 counts as 1. The default is one
/// per core that the process may use. Switches the calling thread to flush subnormal numbers to zero, as `tag` does.
void set_threads(int threads);

}  // namespace sonograd
