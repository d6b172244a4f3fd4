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

/// The labels of a row, as graded names: that of a multi-class task is one tag of grade 1.
std::vector<GradedTag> row_labels(const LabelsTable& table, Task task, std::size_t row, std::size_t column) {
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

std::string_view name_of(Task task) {
  return task == Task::multi_label ? "tags" : "label";
}

Task resolve_task(TaskChoice choice, const LabelsTable& table) {
  if (choice == TaskChoice::automatic)
    return table.find_column("tags") ? Task::multi_label : Task::multi_class;
  return choice == TaskChoice::multi_label ? Task::multi_label : Task::multi_class;
}

LabelSet::LabelSet(Task task, std::vector<std::string> names) : task_(task), names_(std::move(names)) {
  if (names_.empty()) throw DataError(concat("no ", name_of(task), " to learn"));
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (names_[i].empty()) throw DataError(concat("label ", i + 1, " of ", names_.size(), " is empty"));
    if (!index_.emplace(names_[i], i).second)
      throw DataError(concat("label '", names_[i], "' is given twice"));
  }
}

LabelSet LabelSet::collect(const LabelsTable& table, Task task, std::size_t min_clips) {
  const std::size_t column = table.column(name_of(task));
  std::set<std::string> names;  // std::string compares bytes as unsigned, which is the order of outputs
  for (std::size_t row = 0; row < table.size(); ++row) {
    for (GradedTag& label : row_labels(table, task, row, column)) names.insert(std::move(label.name));
  }
  if (names.empty())
    throw DataError(concat(table.name(), ": column ", column + 1, " holds no ", name_of(task)));
  return LabelSet(task, {names.begin(), names.end()}).without_rare(table, min_clips);
}

LabelSet LabelSet::from_file(const std::string& file, const LabelsTable& table, Task task,
                             std::size_t min_clips) {
  return LabelSet(task, models::read_labels(file)).without_rare(table, min_clips);
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
  return LabelSet(task_, std::move(kept));
}

std::optional<std::size_t> LabelSet::index_of(std::string_view name) const {
  const auto found = index_.find(std::string(name));
  if (found == index_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::size_t> LabelSet::usable_rows(const LabelsTable& table) const {
  std::vector<std::size_t> rows = all_rows(table);
  if (task_ == Task::multi_class) {
    const std::size_t column = table.column(name_of(task_));
    std::erase_if(rows, [&](std::size_t row) { return !index_of(table.cell(row, column)); });
  }
  return rows;
}

std::vector<std::string> LabelSet::unknown(const LabelsTable& table,
                                           std::span<const std::size_t> rows) const {
  const std::size_t column = table.column(name_of(task_));
  std::set<std::string> names;
  for (const std::size_t row : rows) {
    if (table.cell(row, column).empty()) continue;
    for (GradedTag& label : row_labels(table, task_, row, column)) {
      if (!index_of(label.name)) names.insert(std::move(label.name));
    }
  }
  return {names.begin(), names.end()};
}

std::vector<float> LabelSet::targets(const LabelsTable& table, std::span<const std::size_t> rows) const {
  const std::size_t column = table.column(name_of(task_));
  std::vector<float> targets(rows.size() * size(), 0.0f);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const GradedTag& label : row_labels(table, task_, rows[i], column)) {
      if (const auto index = index_of(label.name)) {
        float& target = targets[i * size() + *index];
        target = std::max(target, label.grade);
      }
    }
  }
  return targets;
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
