// Any folder that `train --data` reads: with labels.tsv or labels.csv, or with a sub-folder per label.
#include <algorithm>

#include "tensor/support/error.h"
#include "train/data/labels_table.h"
#include "train/data/sets/registry.h"

namespace sonograd::train {
namespace {

/// Columns that the manifest of prepared data has itself.
constexpr std::string_view kManifestColumns[] = {"path", "key", "seconds", "shard"};
/// A guess; it divides the work, nothing else.
constexpr double kFolderSeconds = 30;

SetClips read_folder(const SetRequest& request) {
  const LabelsTable table = LabelsTable::read(request.root);
  SetClips set{.folder = request.root, .columns = {}, .clips = {}, .warnings = table.warnings()};
  std::vector<std::size_t> columns;
  for (std::size_t column = 0; column < table.columns().size(); ++column) {
    const std::string& name = table.columns()[column];
    if (std::ranges::find(kManifestColumns, name) == std::end(kManifestColumns)) {
      columns.push_back(column);
      set.columns.push_back(name);
    } else if (name != "path") {
      set.warnings.push_back(
          concat(table.name(), ": the column '", name, "' is left out: prepared data have one of that name"));
    }
  }
  for (std::size_t row = 0; row < table.size(); ++row) {
    SetClip& clip = set.clips.emplace_back(
        SetClip{.path = table.path(row),
                .key = std::filesystem::path(table.path(row)).replace_extension().string(),
                .seconds = kFolderSeconds,
                .cells = {}});
    for (const std::size_t column : columns) clip.cells.push_back(table.cell(row, column));
  }
  return set;
}

}  // namespace

DataSet folder_set() {
  return {.name = "folder",
          .summary = "any folder with labels.tsv or labels.csv, or with a sub-folder per label",
          .layout = "labels.tsv, labels.csv, or LABEL/*, or train/LABEL/* and so on",
          .subsets = {},
          .splits = {},
          .read = read_folder};
}

}  // namespace sonograd::train
