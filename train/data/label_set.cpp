#include "train/data/label_set.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include "models/core/label_file.h"
#include "tensor/support/text.h"
#include "train/data/data_error.h"

namespace sonograd::train {
namespace {

std::vector<std::size_t> all_rows(const LabelsTable& table) {
  std::vector<std::size_t> rows(table.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return rows;
}

/// The labels of a row, as graded names: that of a multi-class task is one tag of grade 1, as is each label of segments.
std::vector<GradedTag> row_labels(const LabelsTable& table, Task task, TargetsOf extent, std::size_t row,
                                  std::size_t column) {
  if (extent == TargetsOf::step) {
    std::vector<GradedTag> labels;
    for (Segment& segment : table.segments(row, column)) labels.push_back({std::move(segment.label), 1});
    return labels;
  }
  if (task == Task::multi_label) return table.tags(row, column);
  if (table.cell(row, column).empty())
    throw DataError(concat(table.where(row, column), ": the clip has no label"));
  const std::string& label = table.cell(row, column);
  if (label.starts_with('[') && label.ends_with(']')) {
    throw DataError(
        concat(table.where(row, column), ": expected one label, got the list ", label,
               "; several labels of a clip stand in a column tags, with commas between them: rock, voice"));
  }
  return {{label, 1}};
}

}  // namespace

TargetsOf resolve_targets(TaskChoice choice, const LabelsTable& table) {
  const auto has = [&](std::string_view column) { return table.find_column(column).has_value(); };
  if (choice == TaskChoice::segments) return TargetsOf::step;
  const bool is_open = choice == TaskChoice::automatic && !has("tags") && !has("label");
  return is_open && has(name_of({}, TargetsOf::step)) ? TargetsOf::step : TargetsOf::clip;
}

Task resolve_task(TaskChoice choice, const LabelsTable& table) {
  if (resolve_targets(choice, table) == TargetsOf::step) {
    const std::size_t column = table.column(name_of({}, TargetsOf::step));
    for (std::size_t row = 0; row < table.size(); ++row)
      if (overlap(table.segments(row, column))) return Task::multi_label;
    return Task::multi_class;
  }
  if (choice == TaskChoice::automatic)
    return table.find_column("tags") ? Task::multi_label : Task::multi_class;
  return choice == TaskChoice::multi_label ? Task::multi_label : Task::multi_class;
}

LabelSet::LabelSet(Task task, std::vector<std::string> names, TargetsOf extent)
    : task_(task), extent_(extent), names_(std::move(names)) {
  if (names_.empty()) throw DataError(concat("no ", column(), " to learn"));
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (names_[i].empty()) throw DataError(concat("label ", i + 1, " of ", names_.size(), " is empty"));
    if (!index_.emplace(names_[i], i).second)
      throw DataError(concat("label '", names_[i], "' is given twice"));
  }
}

LabelSet LabelSet::collect(const LabelsTable& table, Task task, std::size_t min_clips, TargetsOf extent) {
  const std::size_t column = table.column(name_of(task, extent));
  std::set<std::string> names;  // std::string compares bytes as unsigned, which is the order of outputs
  for (std::size_t row = 0; row < table.size(); ++row) {
    for (GradedTag& label : row_labels(table, task, extent, row, column)) names.insert(std::move(label.name));
  }
  if (names.empty())
    throw DataError(concat(table.name(), ": column ", column + 1, " holds no ", name_of(task, extent)));
  return LabelSet(task, {names.begin(), names.end()}, extent).without_rare(table, min_clips);
}

LabelSet LabelSet::from_file(const std::string& file, const LabelsTable& table, Task task,
                             std::size_t min_clips, TargetsOf extent) {
  return LabelSet(task, models::read_labels(file), extent).without_rare(table, min_clips);
}

LabelSet LabelSet::without_rare(const LabelsTable& table, std::size_t min_clips) const {
  const std::vector<std::size_t> clips = support(table, all_rows(table));
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < size(); ++i) {
    if (clips[i] >= min_clips) kept.push_back(names_[i]);
  }
  if (kept.empty()) {
    throw DataError(concat(table.name(), ": none of the ", counted(size(), "label"), " has ",
                           counted(min_clips, "clip")));
  }
  return LabelSet(task_, std::move(kept), extent_);
}

std::optional<std::size_t> LabelSet::index_of(std::string_view name) const {
  const auto found = index_.find(std::string(name));
  if (found == index_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::size_t> LabelSet::usable_rows(const LabelsTable& table) const {
  std::vector<std::size_t> rows = all_rows(table);
  if (task_ == Task::multi_label) return rows;
  const std::size_t index = table.column(column());
  const auto is_known = [&](const auto& labelled) { return index_of(labelled.label).has_value(); };
  std::erase_if(rows, [&](std::size_t row) {
    if (extent_ == TargetsOf::step) return std::ranges::none_of(table.segments(row, index), is_known);
    return !index_of(table.cell(row, index));
  });
  return rows;
}

std::vector<std::string> LabelSet::unknown(const LabelsTable& table,
                                           std::span<const std::size_t> rows) const {
  const std::size_t index = table.column(column());
  std::set<std::string> names;
  for (const std::size_t row : rows) {
    if (table.cell(row, index).empty()) continue;
    for (GradedTag& label : row_labels(table, task_, extent_, row, index)) {
      if (!index_of(label.name)) names.insert(std::move(label.name));
    }
  }
  return {names.begin(), names.end()};
}

std::vector<float> LabelSet::targets(const LabelsTable& table, std::span<const std::size_t> rows) const {
  const std::size_t place = table.column(column());
  std::vector<float> targets(rows.size() * size(), 0.0f);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const GradedTag& label : row_labels(table, task_, extent_, rows[i], place)) {
      if (const auto index = index_of(label.name)) {
        float& target = targets[i * size() + *index];
        target = std::max(target, label.grade);
      }
    }
  }
  return targets;
}

std::vector<LabelTimes> LabelSet::times(const LabelsTable& table, std::span<const std::size_t> rows) const {
  const std::size_t place = table.column(column());
  std::vector<LabelTimes> clips;
  for (const std::size_t row : rows) {
    std::vector<TimedLabel> times;
    for (const Segment& segment : table.segments(row, place)) {
      if (const auto index = index_of(segment.label)) times.push_back({segment.begin, segment.end, *index});
    }
    clips.emplace_back(std::move(times), size());
  }
  return clips;
}

std::vector<std::int32_t> LabelSet::classes(const LabelsTable& table,
                                            std::span<const std::size_t> rows) const {
  const std::size_t column = table.column(name_of(Task::multi_class));
  std::vector<std::int32_t> classes;
  classes.reserve(rows.size());
  for (const std::size_t row : rows) {
    const auto index = index_of(table.cell(row, column));
    if (!index) {
      throw DataError(concat(table.where(row, column), ": label '", table.cell(row, column),
                             "' is not one of the ", size(), " labels"));
    }
    classes.push_back(static_cast<std::int32_t>(*index));
  }
  return classes;
}

std::vector<std::size_t> LabelSet::support(const LabelsTable& table,
                                           std::span<const std::size_t> rows) const {
  const std::vector<float> grades = targets(table, rows);
  std::vector<std::size_t> support(size(), 0);
  for (std::size_t i = 0; i < grades.size(); ++i) support[i % size()] += grades[i] >= kPositiveGrade;
  return support;
}

}  // namespace sonograd::train
