// The table of a data set: one row per clip, from `labels.tsv`, `labels.csv` or a folder of sub-folders.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "train/data/segments.h"
#include "train/data/tsv.h"

namespace sonograd::train {

/// A tag with the strength it applies to a clip, 0 to 1; plain tags have grade 1.
struct GradedTag {
  std::string name;
  float grade = 1;
};

/// Clips of one folder. `path` is the only column that is always there; the columns with a meaning are
/// `label`, `tags`, `segments`, `split` (train, valid, test), `fold`, `fold_group` and `group`, and any other is kept.
class LabelsTable {
 public:
  /// Reads FOLDER/labels.tsv, else labels.csv; without these files, every sub-folder is a label and its audio files (all
  /// levels, bytewise sorted) are the clips, as columns `path` and `label`. Sub-folders `train`, `valid` and `test`, or their
  /// usual synonyms, with the labels below them are the parts of a split: the column `split` names them.
  /// A folder with prepared data has the table manifest.tsv, and its clips lie in shards.
  /// Throws DataError: no such folder; see TsvTable; no `path` column, no rows, a path that is
  /// empty, absolute, leaves the folder or appears twice; a table of another name beside the sub-folders, such as
  /// `metadata.csv`; parts of a split beside other sub-folders; prepared data that are not complete.
  static LabelsTable read(const std::filesystem::path& folder);

  /// Reads the .lab files that the column `segments` names, relative to the folder, into their cells. Throws as read_segments, and
  /// DataError for a file outside the folder.
  LabelsTable(std::filesystem::path folder, TsvTable table);

  const std::filesystem::path& folder() const { return folder_; }
  std::size_t size() const { return table_.rows().size(); }
  /// The clip's path as written, relative to the folder.
  const std::string& path(std::size_t row) const { return cell(row, path_column_); }
  /// The file to decode; in prepared data, the clip in its shard (audio/shard_clip.h).
  std::filesystem::path file(std::size_t row) const;
  bool is_prepared() const { return shard_column_.has_value(); }

  const std::vector<std::string>& columns() const { return table_.columns(); }
  std::optional<std::size_t> find_column(std::string_view name) const { return table_.find_column(name); }
  /// Throws DataError when the table has no such column.
  std::size_t column(std::string_view name) const;
  const std::string& cell(std::size_t row, std::size_t column) const {
    return table_.rows()[row].cells[column];
  }
  /// "DIR/labels.tsv:5: column 2 (label)", for messages.
  std::string where(std::size_t row, std::size_t column) const {
    return table_.where(table_.rows()[row], column);
  }
  const std::string& name() const { return table_.name(); }
  /// Clips that were left out because of their names or their place, or because they are no regular files.
  const std::vector<std::string>& warnings() const { return warnings_; }

  /// The tags in a cell: comma-separated, blanks around a name dropped, `name:0.7` graded. A colon that no
  /// number follows belongs to the name; an empty cell is a clip without tags.
  /// Throws DataError: an empty name, a grade outside 0 to 1, a list in brackets or with `|` or `;` between the tags.
  std::vector<GradedTag> tags(std::size_t row, std::size_t column) const;
  /// The segments in a cell (segments.h). Throws as parse_segments.
  std::vector<Segment> segments(std::size_t row, std::size_t column) const;

 private:
  static LabelsTable read_prepared(const std::filesystem::path& folder);
  void read_lab_files();

  std::filesystem::path folder_;
  TsvTable table_;
  std::vector<std::string> warnings_;
  std::size_t path_column_ = 0;
  std::optional<std::size_t> shard_column_, key_column_;  // of prepared data
};

}  // namespace sonograd::train
