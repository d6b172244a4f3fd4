#include "train/data/labels_table.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <unordered_map>
#include <utility>

#include "audio/files.h"
#include "tensor/support/text.h"
#include "train/data/data_error.h"

namespace sonograd::train {
namespace fs = std::filesystem;
namespace {

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

/// The audio files below the sub-folders of `folder` as a table; the sub-folder is the label.
TsvTable table_of_sub_folders(const fs::path& folder) {
  std::string text = "path\tlabel\n";
  for (const fs::path& file : audio::audio_files(folder, /*recursive=*/true)) {
    const fs::path path = file.lexically_relative(folder);
    const std::string label = path.begin()->string();
    if (path.string().find_first_of("\t\r\n") != std::string::npos) {
      throw DataError(concat(file.string(), ": a tab or line break in the name; rename it"));
    }
    if (label != path) text.append(path.string()).append("\t").append(label).append("\n");
  }
  return {folder.string(), text};
}

}  // namespace

LabelsTable LabelsTable::read(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    throw DataError(concat(folder.string(), ": not a folder", error ? concat(": ", error.message()) : ""));
  }
  const fs::path file = folder / "labels.tsv";
  if (fs::exists(file, error) || error) return {folder, TsvTable::read(file)};
  TsvTable table = table_of_sub_folders(folder);
  if (table.rows().empty()) {
    throw DataError(
        concat(folder.string(), ": expected labels.tsv, or sub-folders with audio files; there is neither"));
  }
  return {folder, std::move(table)};
}

LabelsTable::LabelsTable(fs::path folder, TsvTable table)
    : folder_(std::move(folder)), table_(std::move(table)) {
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
}

std::size_t LabelsTable::column(std::string_view column_name) const {
  if (const auto found = find_column(column_name)) return *found;
  std::string present;
  for (const std::string& each : table_.columns()) present += " " + each;
  throw DataError(concat(name(), ":1: expected a column '", column_name, "', found:", present));
}

std::vector<GradedTag> LabelsTable::tags(std::size_t row, std::size_t column) const {
  std::vector<GradedTag> tags;
  std::string_view rest = cell(row, column);
  if (trim(rest).empty()) return tags;
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
