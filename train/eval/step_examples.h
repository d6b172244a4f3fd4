// Steps as the examples of an evaluation: for clips whose labels have times.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "models/core/model.h"
#include "models/tagging/chunk_source.h"
#include "train/data/dataset.h"

namespace sonograd::train {

/// Steps of a clip, those without a label left out in a task with exactly one.
struct ClipSteps {
  std::size_t count = 0;
  std::vector<float> targets, logits;  ///< [count, labels]
};

/// The logits of the steps of clips until a clip is complete.
class StepExamples {
 public:
  /// The arguments must outlive the object. Throws ModelError when the network has no output `step_logits`.
  StepExamples(const ClipList& clips, const models::ChunkRule& rule, const models::Network& network);

  /// Adds the logits [steps, labels] of the next chunk of `clip`.
  void add(std::size_t clip, std::span<const float> logits);
  /// Forgets a clip that failed half-way.
  void drop(std::size_t clip) { clips_read_[clip] = {}; }
  /// States the length of a clip in samples.
  void set_length(std::size_t clip, std::int64_t samples) { clips_read_[clip].samples = samples; }
  /// The steps of a complete clip of known length, in order of time, each part of the clip once; forgets the clip.
  ClipSteps take(std::size_t clip);

 private:
  struct Read {
    std::int64_t samples = 0;
    std::vector<float> logits;  ///< [chunks, steps, labels]
  };
  const ClipList& clips_;
  const models::ChunkRule& rule_;
  std::int64_t steps_;
  std::vector<Read> clips_read_;
};

}  // namespace sonograd::train
