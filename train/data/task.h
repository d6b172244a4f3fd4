// Targets of a table: how many labels apply at a time, and whether they belong to clips or to parts of them.
#pragma once

#include <string_view>

namespace sonograd::train {

/// How many labels apply: any number (the column `tags`), or exactly one (the column `label`). With the column `segments`, at one time.
enum class Task { multi_label, multi_class };

/// Extent of a target: a clip, or a step of the network, one of the equal parts of its chunk (the column `segments`).
enum class TargetsOf { clip, step };

/// "tags", "label" or "segments": the column, and the word on the command line.
constexpr std::string_view name_of(Task task, TargetsOf extent = TargetsOf::clip) {
  if (extent == TargetsOf::step) return "segments";
  return task == Task::multi_label ? "tags" : "label";
}

}  // namespace sonograd::train
