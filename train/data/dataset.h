// A data set opened for a task: which clips train, validate and test, and what each should be recognised as.
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
  std::vector<float> targets;  ///< [clips, labels]: grades, or one-hot

  ClipList() = default;
  ClipList(const LabelsTable& table, const LabelSet& label_set, std::span<const std::size_t> clip_rows);

  std::size_t size() const { return rows.size(); }
  std::span<const float> target(std::size_t clip) const {
    return std::span(targets).subspan(clip * labels, labels);
  }
  /// Labels that all clips carry, or none does.
  std::size_t one_class_labels() const;
};

struct Dataset {
  LabelsTable table;
  LabelSet labels;
  Split split;  ///< as ruled, clips that cannot be read included
  std::vector<std::string> unused_labels =
      {};                        ///< that the clips or the label file have and `labels` has not
  std::size_t unused_clips = 0;  ///< left out of the split, because their label is one of these

  /// Reads the table and splits it as `settings.data` says; the seed is that of the run. Throws IoError,
  /// ConfigError and DataError as LabelsTable, LabelSet and make_split do, and DataError when none of the clips of
  /// a part has a label that is learned.
  static Dataset open(const Settings& settings);
  /// The same with the split of an earlier run instead of a rule.
  static Dataset open(const Settings& settings, const std::filesystem::path& split_file);

  /// Sentences about what is not used.
  std::vector<std::string> warnings() const;

  ClipList clips(std::span<const std::size_t> rows) const { return {table, labels, rows}; }
};

/// A clip with what is wrong with it.
struct ClipProblem {
  std::size_t row = 0;  ///< of the table
  std::string path;     ///< as the table has it
  std::string reason;
};

/// More than 10 %: training refuses to begin.
bool is_too_many_unreadable(std::size_t unreadable, std::size_t clips);

/// What reading every clip once showed.
struct Inspection {
  std::vector<ClipProblem> unreadable;  ///< in the order of the table; the reasons name the files
  std::vector<ClipProblem> damaged;     ///< those that could be read all the same
  std::int64_t clipped = 0;             ///< samples that 16 bits could not hold
};

/// Reads every clip of the split, on `threads` threads, which also fills the cache. `progress` is told how
/// many are done and returns false to stop, which leaves the rest out. Throws DataError when more than 10 %
/// are unreadable.
Inspection inspect(const Dataset& dataset, const ClipReader& reader, int threads,
                   const std::function<bool(std::size_t done, std::size_t total)>& progress);

/// `rows` without those in `left_out`, which ascend.
std::vector<std::size_t> rows_without(std::span<const std::size_t> rows,
                                      std::span<const std::size_t> left_out);

}  // namespace sonograd::train
