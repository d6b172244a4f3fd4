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
#include <sonograd/model.h>
#include <span>
#include <string>
#include <vector>

namespace sonograd {

struct TaggerOptions {
  std::string aggregate;  ///< `mean`, `max` or `vote` over the chunks; empty: as the model says
  std::optional<std::int64_t>
      chunks;     ///< that many equally spaced ones, 0: all at the model's hop; unset: as the model says
  int batch = 0;  ///< chunks that go through the network together; 0: a minute of sound
};

struct Tag {
  std::string label;
  float score = 0;  ///< in [0, 1]
};

/// A stretch of the sound that went through the network by itself.
struct TaggedChunk {
  double begin = 0, end = 0;  ///< seconds
  std::vector<float> scores;  ///< in [0, 1], one per label
};

struct Tags {
  std::vector<Tag> tags;            ///< every label, in output order
  std::vector<TaggedChunk> chunks;  ///< in order of time
  double seconds = 0;               ///< of sound
  std::string warning;              ///< damage of a file that left enough to score; empty: none

  /// The highest scores, highest first; equal ones in output order.
  std::vector<Tag> top(std::size_t count) const;
};

/// Scores sounds with a model. Its members may be called on several threads at the same time. The calling thread flushes
/// subnormal numbers to zero from then on.
class Tagger {
 public:
  /// Throws ConfigError for options that are out of range.
  explicit Tagger(Model model, const TaggerOptions& options = {});

  const Model& model() const { return model_; }

  /// Of a file that libsndfile reads, or an installed ffmpeg. Throws IoError (missing, unreadable), FormatError (not a sound
  /// file, damaged within the first second), and Error when the network's scores are not finite.
  Tags tag(const std::filesystem::path& file) const;
  /// Of one channel of samples in [-1, 1] at `sample_rate` Hz. No samples count as a chunk of silence. Throws ConfigError for
  /// a rate outside 1 to 768,000.
  Tags tag(std::span<const float> samples, int sample_rate) const;

 private:
  struct Rule;
  Model model_;
  std::shared_ptr<const Rule> rule_;
};

/// CPU threads of a computation, whichever thread starts it; the default is one per core that the process may use.
void set_threads(int threads);

}  // namespace sonograd
