// The labels of a task in output order, and rows of a table as training targets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "train/config/words.h"
#include "train/data/label_times.h"
#include "train/data/labels_table.h"
#include "train/data/task.h"

namespace sonograd::train {

/// `automatic` is a step for a table that has the column `segments` and neither `tags` nor `label`, else a clip.
TargetsOf resolve_targets(TaskChoice choice, const LabelsTable& table);
/// `automatic` is multi-label if the table has the column `tags`, else multi-class. Segments are multi-label if those of a clip
/// overlap (segments.h).
Task resolve_task(TaskChoice choice, const LabelsTable& table);

/// The least grade of a tag that counts as present, for support and metrics.
inline constexpr float kPositiveGrade = 0.5f;

class LabelSet {
 public:
  /// Labels in the order given. Throws DataError when there is none, one is empty or one comes twice.
  LabelSet(Task task, std::vector<std::string> names, TargetsOf extent = TargetsOf::clip);
  /// Every label of the table, bytewise sorted, without those of fewer than `min_clips` clips.
  /// Throws DataError: the task's column is absent, a clip of a multi-class task has no label, nothing is left.
  static LabelSet collect(const LabelsTable& table, Task task, std::size_t min_clips = 0,
                          TargetsOf extent = TargetsOf::clip);
  /// The labels of a file or a published list in their order (label_file.h); the table decides only which ones
  /// `min_clips` drops. Throws ReadError; FormatError for the file; DataError when nothing is left.
  static LabelSet from_file(const std::string& file, const LabelsTable& table, Task task,
                            std::size_t min_clips = 0, TargetsOf extent = TargetsOf::clip);

  Task task() const { return task_; }
  TargetsOf targets_of() const { return extent_; }
  /// The column of the task.
  std::string_view column() const { return name_of(task_, extent_); }
  std::size_t size() const { return names_.size(); }
  const std::vector<std::string>& names() const { return names_; }
  std::optional<std::size_t> index_of(std::string_view name) const;

  /// Rows that have a target: all of a multi-label task, those whose label, or one of whose segments, is in the set for a
  /// multi-class one.
  std::vector<std::size_t> usable_rows(const LabelsTable& table) const;
  /// Labels of these rows that are not in the set, bytewise sorted.
  std::vector<std::string> unknown(const LabelsTable& table, std::span<const std::size_t> rows) const;
  /// Grades [rows, labels], row-major, 0 for tags not given; tags outside the set are left out. For a
  /// multi-class task the rows are one-hot. A label that has a segment has grade 1.
  std::vector<float> targets(const LabelsTable& table, std::span<const std::size_t> rows) const;
  /// Segments of the clips, without those of labels outside the set.
  std::vector<LabelTimes> times(const LabelsTable& table, std::span<const std::size_t> rows) const;
  /// Multi-class task: index of each row's label. Throws DataError when the set does not have it.
  std::vector<std::int32_t> classes(const LabelsTable& table, std::span<const std::size_t> rows) const;
  /// Number of clips with each label.
  std::vector<std::size_t> support(const LabelsTable& table, std::span<const std::size_t> rows) const;

 private:
  LabelSet without_rare(const LabelsTable& table, std::size_t min_clips) const;

  Task task_;
  TargetsOf extent_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::size_t> index_;
};

}  // namespace sonograd::train
