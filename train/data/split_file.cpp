#include "train/data/split_file.h"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tensor/io/atomic_file.h"
#include "train/data/data_error.h"

namespace sonograd::train {
std::string format_split(const LabelsTable& table, const Split& split) {
  std::vector<std::pair<std::size_t, std::string_view>> rows;
  for (const std::size_t row : split.train) rows.emplace_back(row, "train");
  for (const std::size_t row : split.valid) rows.emplace_back(row, "valid");
  for (const std::size_t row : split.test) rows.emplace_back(row, "test");
  std::sort(rows.begin(), rows.end());
  std::string text = "path\tsplit\n";
  for (const auto& [row, part] : rows)
    text.append(tsv_cell(table.path(row))).append("\t").append(part).append("\n");
  return text;
}

std::uint64_t split_hash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

std::uint64_t write_split(const std::filesystem::path& file, const LabelsTable& table, const Split& split) {
  const std::string text = format_split(table, split);
  io::replace_file(file, text);
  return split_hash(text);
}

Split read_split(const std::filesystem::path& file, const LabelsTable& table) {
  std::unordered_map<std::string, std::size_t> rows;
  for (std::size_t row = 0; row < table.size(); ++row) rows.emplace(table.path(row), row);

  const LabelsTable parts({}, TsvTable::read(file));
  const std::size_t part_column = parts.column("split");
  Split split;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto row = rows.find(parts.path(i));
    if (row == rows.end()) {
      throw DataError(
          concat(parts.where(i, parts.column("path")), ": '", parts.path(i), "' is not in ", table.name()));
    }
    std::vector<std::size_t>* const part = split.part(parts.cell(i, part_column));
    if (part == nullptr) {
      throw DataError(concat(parts.where(i, part_column), ": expected train, valid or test, got '",
                             parts.cell(i, part_column), "'"));
    }
    part->push_back(row->second);
  }
  for (auto* const rows_of_part : {&split.train, &split.valid, &split.test}) {
    std::sort(rows_of_part->begin(), rows_of_part->end());
  }
  return split;
}

}  // namespace sonograd::train
