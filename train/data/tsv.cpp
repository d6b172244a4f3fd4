#include "train/data/tsv.h"

#include <algorithm>
#include <utility>

#include "tensor/io/text_file.h"
#include "tensor/support/text.h"
#include "tensor/support/utf8.h"
#include "train/data/data_error.h"

namespace sonograd::train {
namespace {

std::vector<std::string> split_cells(std::string_view line) {
  std::vector<std::string> cells;
  for (std::size_t tab; (tab = line.find('\t')) != std::string_view::npos; line.remove_prefix(tab + 1)) {
    cells.emplace_back(line.substr(0, tab));
  }
  cells.emplace_back(line);
  return cells;
}

}  // namespace

TsvTable::TsvTable(std::string name, std::string_view text) : name_(std::move(name)) {
  std::size_t number = 0;
  for (const std::string_view line : text_lines(text)) {
    ++number;
    if (line.empty()) continue;

    Row row{number, split_cells(line)};
    const bool is_header = columns_.empty();
    if (is_header) columns_ = row.cells;
    const std::size_t common = std::min(row.cells.size(), columns_.size());
    for (std::size_t column = 0; column < common; ++column) {
      if (!is_utf8_text(row.cells[column])) {
        throw DataError(concat(name_, ':', number, ": column ", column + 1, ": not UTF-8 text: '",
                               to_utf8_lossy(row.cells[column]), "'"));
      }
      const auto first = std::find(columns_.begin(), columns_.end(), columns_[column]);
      if (is_header && (columns_[column].empty() || first != columns_.begin() + std::ptrdiff_t(column))) {
        throw DataError(concat(where(row, column), ": column names must be unique and not empty"));
      }
    }
    if (row.cells.size() != columns_.size()) {
      throw DataError(concat(name_, ':', number, ": column ", common + 1, ": the header has ",
                             columns_.size(), " columns, this line has ", row.cells.size()));
    }
    if (!is_header) rows_.push_back(std::move(row));
  }
  if (columns_.empty())
    throw DataError(concat(name_, ":1: column 1: expected a header line, the file is empty"));
}

TsvTable TsvTable::read(const std::filesystem::path& file) {
  return {file.string(), io::read_text_file(file)};
}

std::optional<std::size_t> TsvTable::find_column(std::string_view column) const {
  const auto found = std::find(columns_.begin(), columns_.end(), column);
  if (found == columns_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns_.begin());
}

std::string TsvTable::where(const Row& row, std::size_t column) const {
  return concat(name_, ':', row.line, ": column ", column + 1, " (", columns_[column], ')');
}

}  // namespace sonograd::train
