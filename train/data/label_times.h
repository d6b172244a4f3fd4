// Targets per step: which label applies to each of the equal parts into which a network divides a chunk.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "audio/chunks.h"
#include "train/data/task.h"

namespace sonograd::train {

/// A stretch of a clip, in seconds, with the index of its label.
struct TimedLabel {
  double begin = 0, end = 0;
  std::size_t label = 0;
};

/// A chunk as a network receives it, of which each step has a target.
struct SteppedChunk {
  audio::Chunk place;        ///< in the clip
  std::int64_t samples = 0;  ///< input of the network; more than the place has only if the clip is shorter
  std::int64_t steps = 0;
  audio::Pad pad = audio::Pad::repeat;
  int sample_rate = 0;  ///< Hz
};

/// The labels of one clip over time.
class LabelTimes {
 public:
  /// `labels` >= 1: of the task, to which the indices refer. Stretches of one label that overlap or touch are one stretch.
  LabelTimes(std::vector<TimedLabel> times, std::size_t labels);

  /// Appends targets [steps, labels] of 0 and 1. A label of a multi-label task is present in a step of which it covers half or more.
  /// A step of a multi-class task has the label that covers most of it, the first of those that cover equally much, and none when
  /// less than half of it has a label; a repeated clip counts as often as it is repeated.
  void append_targets(const SteppedChunk& chunk, Task task, std::vector<float>& targets) const;

  /// Seconds of each label.
  std::vector<double> seconds() const;
  /// By label, then by begin.
  std::span<const TimedLabel> times() const { return times_; }

 private:
  std::size_t labels() const { return first_.size() - 1; }
  /// Adds the seconds that each label has between two times of the clip.
  void add_cover(double begin, double end, std::span<double> seconds) const;

  std::vector<TimedLabel> times_;
  std::vector<std::size_t> first_;  ///< [labels + 1]: the place of the first stretch of each label
};

/// The times and labels as text, for a hash.
std::string to_text(const LabelTimes& times);

}  // namespace sonograd::train
