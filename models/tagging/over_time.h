// Scores over time: of the parts of files, and the stretches in which a label applies (`sonograd tag --over-time`).
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "models/tagging/tag_files.h"

namespace sonograd::models {

/// Scores of a chunk, or of a step of one, in a file.
struct ScoredPart {
  double begin = 0, end = 0;  ///< seconds
  std::vector<float> scores;  ///< [labels]
};

/// A stretch of a file with a label.
struct Stretch {
  double begin = 0, end = 0;  ///< seconds
  std::size_t label = 0;
};

/// Collects the scores of files until they are complete.
class OverTime {
 public:
  /// The model must outlive the object. `steps`: of a chunk, those of its network; 0: parts are chunks.
  OverTime(const Model& model, const ChunkRule& rule, std::int64_t steps)
      : about_(model.about()), rule_(rule), steps_(steps) {}

  /// Adds the logits of the next chunk of `file` [labels], or of its steps [steps, labels].
  void add(std::size_t file, std::span<const float> logits);
  /// The parts of a file of `seconds`, in order of time; forgets them.
  std::vector<ScoredPart> take(std::size_t file, double seconds);
  /// Forgets a file that failed half-way.
  void drop(std::size_t file) { scores_.erase(file); }

 private:
  const ModelDescription& about_;
  ChunkRule rule_;
  std::int64_t steps_;
  std::map<std::size_t, std::vector<float>> scores_;  ///< of the files that are not complete
};

/// The highest score of each label in any part; none without parts.
std::vector<float> highest_scores(std::span<const ScoredPart> parts);

/// Stretches of successive parts: of a model of classes those with the same highest score, of a model of tags those in which a score
/// reaches its threshold, one per label. Sorted by begin. Where parts overlap, a stretch ends where the next part begins; where they
/// leave a gap, it ends.
std::vector<Stretch> stretches_of(std::span<const ScoredPart> parts, Output output,
                                  std::span<const double> thresholds);

}  // namespace sonograd::models
