// A data set opened for a task: the clips that train, validate and test, with their targets.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "train/config/settings.h"
#include "train/data/clip_reader.h"
#include "train/data/label_set.h"
#include "train/data/split.h"

namespace sonograd::train {

/// Clips in the order of the table, with their targets.
struct ClipList {
  std::vector<std::size_t> rows;   ///< of the table
  std::vector<std::string> paths;  ///< as the table has them
  std::vector<std::filesystem::path> files;
  std::size_t labels = 0;
  std::vector<float> targets;          ///< [clips, labels]: grades, or one-hot
  std::vector<LabelTimes> times = {};  ///< of each clip, for targets per step; else empty
  Task task = Task::multi_label;

  ClipList() = default;
  ClipList(const LabelsTable& table, const LabelSet& label_set, std::span<const std::size_t> clip_rows);

  std::size_t size() const { return rows.size(); }
  bool has_times() const { return !times.empty(); }
  std::span<const float> target(std::size_t clip) const {
    return std::span(targets).subspan(clip * labels, labels);
  }
  /// Number of labels that all clips have, or none has; 0 for targets per step.
  std::size_t one_class_labels() const;
};

struct Dataset {
  LabelsTable table;
  LabelSet labels;
  Split split;  ///< by the rule, clips that cannot be read included
  std::vector<std::string> unused_labels =
      {};                        ///< labels of the clips or of the label file that are not in `labels`
  std::size_t unused_clips = 0;  ///< clips left out of the split, because their label is one of these

  /// Reads the table and splits it by `settings.data` and the seed of the run. Throws IoError,
  /// ConfigError and DataError as LabelsTable, LabelSet and make_split do, and DataError when no clip of
  /// a part has a label of the task.
  static Dataset open(const Settings& settings);
  /// The same to look at: a part may be empty.
  static Dataset open_to_check(const Settings& settings);
  /// The same with the split of an earlier run instead of a rule.
  static Dataset open(const Settings& settings, const std::filesystem::path& split_file);

  /// The error message for a part that training with `settings` requires and that is empty; empty: there is none.
  std::string empty_part(const Settings& settings) const;

  /// Sentences about unused labels and clips.
  std::vector<std::string> warnings() const;

  ClipList clips(std::span<const std::size_t> rows) const { return {table, labels, rows}; }
};

/// A clip and its problem.
struct ClipProblem {
  std::size_t row = 0;  ///< of the table
  std::string path;     ///< as the table has it
  std::string reason;
};

/// Whether more than 10 % of the clips are unreadable: training refuses to begin.
bool is_too_many_unreadable(std::size_t unreadable, std::size_t clips);

/// Result of reading every clip once.
struct Inspection {
  std::vector<ClipProblem> unreadable;  ///< in the order of the table; the reasons name the files
  std::vector<ClipProblem> damaged;     ///< clips with damage that could be read all the same
  std::int64_t clipped = 0;             ///< number of samples outside the range of 16 bits
};

/// Reads every clip of the split, on `threads` threads, which also fills the cache. `progress` receives how
/// many are done and returns false to stop, which leaves the rest out. Throws DataError when more than 10 %
/// are unreadable.
Inspection inspect(const Dataset& dataset, const ClipReader& reader, int threads,
                   const std::function<bool(std::size_t done, std::size_t total)>& progress);

/// `rows` without those in `left_out`, which ascend.
std::vector<std::size_t> rows_without(std::span<const std::size_t> rows,
                                      std::span<const std::size_t> left_out);

}  // namespace sonograd::train
