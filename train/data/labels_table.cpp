#include "train/data/labels_table.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <set>
#include <unordered_map>
#include <utility>

#include "audio/files.h"
#include "audio/shard_index.h"
#include "tensor/support/ascii.h"
#include "tensor/support/text.h"
#include "tensor/support/utf8.h"
#include "train/data/data_error.h"
#include "train/data/task.h"

namespace sonograd::train {
namespace fs = std::filesystem;
namespace {

/// End of a cell that names a file of segments.
constexpr std::string_view kLabExtension = ".lab";

/// Does a cell that ends like the name of a file have segments, whose last label ends so?
bool are_segments(std::string_view cell) {
  try {
    parse_segments(cell, "");
    return true;
  } catch (const DataError&) {
    return false;
  }
}

/// The whole of `text` as a number; NaN when it is out of the range of double.
std::optional<double> parse_grade(std::string_view text) {
  double value = std::numeric_limits<double>::quiet_NaN();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error == std::errc::invalid_argument || end != text.data() + text.size()) return {};
  return value;
}

bool is_file_inside(const fs::path& normal) {
  return normal.has_filename() && normal != "." && normal.is_relative() && *normal.begin() != "..";
}

/// Clips below the sub-folders of a data set.
struct FoundClip {
  fs::path path;  ///< relative to the folder
  std::string folder() const { return path.begin()->string(); }
  /// The second folder of the path; empty: there is none.
  std::string folder_below() const {
    const auto second = std::next(path.begin());
    return std::next(second) == path.end() ? std::string() : second->string();
  }
};

/// `train`, `valid` or `test` when a folder has one of the usual names of a part; else empty.
std::string_view part_named(std::string_view folder) {
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"train", "train"}, {"training", "train"}, {"valid", "valid"}, {"validation", "valid"},
      {"val", "valid"},   {"dev", "valid"},      {"test", "test"},   {"testing", "test"},
      {"eval", "test"},   {"evaluation", "test"}};
  const auto found =
      std::ranges::find(kNames, in_lower_case(folder), &std::pair<std::string_view, std::string_view>::first);
  return found == std::end(kNames) ? std::string_view() : found->second;
}

/// True when the sub-folders are parts of a split, with folders of labels in them. Throws DataError when some are, and others or
/// clips stand beside them.
bool are_split_folders(const fs::path& folder, const std::vector<FoundClip>& clips) {
  std::set<std::string_view> parts;
  const FoundClip *other = nullptr, *without_label = nullptr;
  for (const FoundClip& clip : clips) {
    const std::string_view part = part_named(clip.folder());
    if (part.empty()) {
      other = &clip;
    } else {
      parts.insert(part);
      if (clip.folder_below().empty()) without_label = &clip;
    }
  }
  const bool is_split = parts.size() >= 2 || (parts.size() == 1 && other == nullptr);
  if (!is_split) return false;
  constexpr const char* kExpected =
      "; sub-folders called train, valid and test are the parts of a split: expected train/LABEL/CLIP, or a "
      "labels.tsv with the columns path, label and split";
  if (other != nullptr)
    throw DataError(concat(folder.string(), ": the sub-folder '", to_utf8_lossy(other->folder()),
                           "' is no part of the split", kExpected));
  if (without_label != nullptr)
    throw DataError(concat(folder.string(), ": '", to_utf8_lossy(without_label->path.string()),
                           "' has no folder that names its label", kExpected));
  return true;
}

/// A table that stands beside the sub-folders under a name that is not read: the labels may be in it.
void refuse_other_tables(const fs::path& folder) {
  for (const std::string_view stem : {"labels", "metadata", "annotations", "tags", "train", "test"}) {
    for (const std::string_view extension : {".csv", ".tsv", ".json", ".jsonl", ".xlsx"}) {
      const fs::path file = folder / concat(stem, extension);
      std::error_code ignored;
      if (!fs::exists(file, ignored)) continue;
      throw DataError(
          concat(file.string(),
                 ": the table of a data set is labels.tsv or labels.csv, with the column path and the "
                 "column label or tags; make one of this file, or move it away if the sub-folders are "
                 "the labels"));
    }
  }
}

/// Adds a warning that counts and names files of `folder` that are no clips of the data set.
void warn_of(std::vector<std::string>& warnings, const fs::path& folder, const std::vector<fs::path>& files,
             std::string_view reason) {
  if (files.empty()) return;
  std::vector<std::string> names;
  for (const fs::path& file : files) names.push_back(file.lexically_relative(folder).string());
  warnings.push_back(concat(folder.string(), ": ", files.size(), " of the sound files left out, because ",
                            reason, ": ", listed(names)));
}

/// The audio files below the sub-folders of `folder` as a table; the sub-folder is the label.
TsvTable table_of_sub_folders(const fs::path& folder, std::vector<std::string>& warnings) {
  std::vector<FoundClip> clips;
  std::vector<fs::path> without_label, no_files;
  for (const fs::path& file : audio::audio_files(folder, /*recursive=*/true, &no_files)) {
    const fs::path path = file.lexically_relative(folder);
    if (std::next(path.begin()) == path.end()) {
      without_label.push_back(file);
      continue;
    }
    const std::string name = path.string();
    if (!is_utf8_text(name) || name.find_first_of("\t\r\n") != std::string::npos) {
      warnings.push_back(
          concat(to_utf8_lossy(file.string()),
                 ": the clip is left out, because its name is not UTF-8, or has a tab or a line "
                 "break"));
      continue;
    }
    clips.push_back({path});
  }
  warn_of(warnings, folder, without_label, "no sub-folder names their label");
  warn_of(warnings, folder, no_files, "they are no regular files");
  if (!clips.empty()) refuse_other_tables(folder);
  const bool has_parts = are_split_folders(folder, clips);
  std::string text = has_parts ? "path\tlabel\tsplit\n" : "path\tlabel\n";
  for (const FoundClip& clip : clips) {
    text.append(tsv_cell(clip.path.string())).append("\t");
    text.append(tsv_cell(has_parts ? clip.folder_below() : clip.folder()));
    if (has_parts) text.append("\t").append(part_named(clip.folder()));
    text.append("\n");
  }
  return {folder.string(), text};
}

/// Throws DataError for a list in the notation of a programming language, or with other separators than commas.
void require_plain_tags(const std::string& cell, const std::string& where) {
  const std::string_view text = trim(cell);
  const bool is_bracketed = (text.starts_with('[') && text.ends_with(']')) ||
                            (text.starts_with('{') && text.ends_with('}')) ||
                            (text.starts_with('(') && text.ends_with(')'));
  if (!is_bracketed && text.find_first_of("|;") == std::string_view::npos) return;
  std::string plain;
  for (const char c : text) {
    if (std::string_view("[]{}()'\"").find(c) == std::string_view::npos)
      plain += c == '|' || c == ';' ? ',' : c;
  }
  throw DataError(concat(where, ": expected tags with commas between them: ", trim(plain), "; got ", cell));
}

}  // namespace

LabelsTable LabelsTable::read(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    throw DataError(concat(folder.string(), ": not a folder", error ? concat(": ", error.message()) : ""));
  }
  if (fs::exists(folder / audio::kPreparedName, error)) return read_prepared(folder);
  for (const char* const name : {"labels.tsv", "labels.csv"}) {
    const fs::path file = folder / name;
    if (fs::exists(file, error) || error) return {folder, TsvTable::read(file)};
  }
  std::vector<std::string> warnings;
  TsvTable table = table_of_sub_folders(folder, warnings);
  if (table.rows().empty()) {
    refuse_other_tables(folder);
    throw DataError(
        concat(folder.string(), ": expected labels.tsv, or sub-folders with audio files; there is neither"));
  }
  LabelsTable result(folder, std::move(table));
  result.warnings_.insert(result.warnings_.end(), warnings.begin(), warnings.end());
  return result;
}

LabelsTable LabelsTable::read_prepared(const fs::path& folder) {
  const fs::path manifest = folder / audio::kManifestName;
  std::error_code ignored;
  if (!fs::exists(manifest, ignored)) {
    throw DataError(concat(manifest.string(),
                           ": missing; the data are not prepared completely, run the same `sonograd data "
                           "prepare`, or its remaining parts, again"));
  }
  LabelsTable table(folder, TsvTable::read(manifest));
  table.shard_column_ = table.column("shard");
  table.key_column_ = table.column("key");
  return table;
}

fs::path LabelsTable::file(std::size_t row) const {
  if (!is_prepared()) return folder_ / path(row);
  return folder_ / audio::kShardFolder / cell(row, *shard_column_) /
         concat(cell(row, *key_column_), audio::kShardClipExtension);
}

LabelsTable::LabelsTable(fs::path folder, TsvTable table)
    : folder_(std::move(folder)), table_(std::move(table)), warnings_(table_.warnings()) {
  path_column_ = column("path");
  if (size() == 0) throw DataError(concat(name(), ": expected at least one clip after the header, got none"));
  std::unordered_map<std::string, std::size_t> seen;
  for (std::size_t row = 0; row < size(); ++row) {
    const fs::path normal = fs::path(path(row)).lexically_normal();
    if (!is_file_inside(normal)) {
      throw DataError(
          concat(where(row, path_column_), ": expected a file inside the folder, got '", path(row), "'"));
    }
    const auto [first, is_new] = seen.try_emplace(normal.string(), row);
    if (!is_new) {
      throw DataError(concat(where(row, path_column_), ": duplicate of line ",
                             table_.rows()[first->second].line, ": '", path(row), "'"));
    }
  }
  read_lab_files();
}

std::size_t LabelsTable::column(std::string_view column_name) const {
  if (const auto found = find_column(column_name)) return *found;
  std::string present;
  for (const std::string& each : table_.columns()) present += " " + each;
  throw DataError(concat(name(), ":1: expected a column '", column_name, "', found:", present));
}

std::vector<Segment> LabelsTable::segments(std::size_t row, std::size_t column) const {
  return parse_segments(cell(row, column), where(row, column));
}

void LabelsTable::read_lab_files() {
  const auto column = find_column(name_of({}, TargetsOf::step));
  for (std::size_t row = 0; column && row < size(); ++row) {
    const std::string& text = cell(row, *column);
    if (!text.ends_with(kLabExtension) || are_segments(text)) continue;
    const fs::path file = fs::path(text).lexically_normal();
    if (!is_file_inside(file))
      throw DataError(concat(where(row, *column), ": expected a file inside the folder, got '", text, "'"));
    table_.set_cell(row, *column, segments_cell(read_segments(folder_ / file)));
  }
}

std::vector<GradedTag> LabelsTable::tags(std::size_t row, std::size_t column) const {
  std::vector<GradedTag> tags;
  std::string_view rest = cell(row, column);
  if (trim(rest).empty()) return tags;
  require_plain_tags(cell(row, column), where(row, column));
  for (bool more = true; more;) {
    const std::size_t comma = rest.find(',');
    more = comma != std::string_view::npos;
    std::string_view item = trim(rest.substr(0, comma));
    rest.remove_prefix(more ? comma + 1 : rest.size());

    double grade = 1;
    if (const std::size_t colon = item.rfind(':'); colon != std::string_view::npos) {
      if (const auto given = parse_grade(trim(item.substr(colon + 1)))) {
        grade = *given;
        item = trim(item.substr(0, colon));
      }
    }
    if (item.empty())
      throw DataError(concat(where(row, column), ": a tag without a name in '", cell(row, column), "'"));
    if (!(grade >= 0 && grade <= 1)) {
      throw DataError(concat(where(row, column), ": the grade of '", item, "' must be 0 to 1, got ", grade));
    }
    tags.push_back({std::string(item), static_cast<float>(grade)});
  }
  return tags;
}

}  // namespace sonograd::train
