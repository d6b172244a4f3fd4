#include "train/data/tsv.h"

#include <algorithm>
#include <utility>

#include "tensor/io/text_file.h"
#include "tensor/support/text.h"
#include "tensor/support/utf8.h"
#include "train/data/data_error.h"

namespace sonograd::train {
namespace {

// The cells of one line.
class CellReader {
 public:
  /// `where` is "labels.tsv:5", for messages.
  CellReader(std::string_view line, char separator, std::string where)
      : rest_(line), separator_(separator), where_(std::move(where)) {}

  std::vector<std::string> read() {
    std::vector<std::string> cells;
    do {
      column_ = cells.size() + 1;
      cells.push_back(trim(before_separator()).starts_with('"') ? quoted() : plain());
    } while (std::exchange(more_, false));
    return cells;
  }

 private:
  std::string_view before_separator() const { return rest_.substr(0, rest_.find(separator_)); }

  std::string plain() {
    const std::string_view cell = before_separator();
    pass(cell.size());
    return std::string(cell);
  }

  std::string quoted() {
    std::string cell;
    rest_.remove_prefix(rest_.find('"') + 1);
    for (;;) {
      const std::size_t quote = rest_.find('"');
      if (quote == std::string_view::npos) {
        throw DataError(concat(where_, ": column ", column_,
                               ": the quote at its beginning has no end on this line; a cell must not "
                               "contain line breaks"));
      }
      cell += rest_.substr(0, quote);
      rest_.remove_prefix(quote + 1);
      if (!rest_.starts_with('"')) break;
      cell += '"';
      rest_.remove_prefix(1);
    }
    const std::string_view behind = before_separator();
    if (!trim(behind).empty()) {
      throw DataError(concat(where_, ": column ", column_, ": text behind the closing quote: '",
                             to_utf8_lossy(behind),
                             "'; a cell with quotes in it stands in quotes, and each of them twice"));
    }
    pass(behind.size());
    return cell;
  }

  void pass(std::size_t characters) {
    more_ = characters < rest_.size();
    rest_.remove_prefix(more_ ? characters + 1 : characters);
  }

  std::string_view rest_;
  char separator_;
  std::string where_;
  std::size_t column_ = 0;
  bool more_ = false;
};

void require_utf8_encoding(const std::string& name, std::string_view text) {
  if (!text.starts_with("\xFF\xFE") && !text.starts_with("\xFE\xFF")) return;
  throw DataError(concat(name, ":1: column 1: the file is UTF-16 text; save it as UTF-8"));
}

char csv_separator(std::string_view text) {
  const std::vector<std::string_view> lines = text_lines(text);
  const std::string_view header = lines.empty() ? std::string_view() : lines.front();
  return std::ranges::max({'\t', ';', ','}, {}, [&](char c) { return std::ranges::count(header, c); });
}

}  // namespace

TsvTable::TsvTable(std::string name, std::string_view text, char separator) : name_(std::move(name)) {
  require_utf8_encoding(name_, text);
  std::size_t number = 0;
  for (const std::string_view line : text_lines(text)) {
    ++number;
    if (line.empty()) continue;

    Row row{number, CellReader(line, separator, concat(name_, ':', number)).read()};
    const bool is_header = columns_.empty();
    const bool is_empty_line =
        std::ranges::all_of(row.cells, [](const auto& cell) { return trim(cell).empty(); });
    if (is_empty_line && !is_header && row.cells.size() > 1) continue;
    for (std::size_t column = 0; column < row.cells.size(); ++column) {
      const bool is_path = !is_header && column < columns_.size() && columns_[column] == "path";
      if (!is_path) row.cells[column] = std::string(trim(row.cells[column]));
    }
    if (is_header) columns_ = row.cells;
    const std::size_t common = std::min(row.cells.size(), columns_.size());
    bool has_text_path = true;
    for (std::size_t column = 0; column < common; ++column) {
      const std::string& cell = row.cells[column];
      const bool is_path = !is_header && columns_[column] == "path" && cell.find('\0') == std::string::npos;
      if (is_path && !is_utf8_text(cell)) {
        warnings_.push_back(concat(where(row, column),
                                   ": the clip is left out, because its name is not UTF-8: '",
                                   to_utf8_lossy(cell), "'"));
        has_text_path = false;
      } else if (!is_utf8_text(cell)) {
        throw DataError(concat(name_, ':', number, ": column ", column + 1, ": not UTF-8 text: '",
                               to_utf8_lossy(cell), "'"));
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
    if (!is_header && has_text_path) rows_.push_back(std::move(row));
  }
  if (columns_.empty())
    throw DataError(concat(name_, ":1: column 1: expected a header line, the file is empty"));
}

TsvTable TsvTable::read(const std::filesystem::path& file) {
  const std::string text = io::read_text_file(file);
  return {file.string(), text, file.extension() == ".csv" ? csv_separator(text) : '\t'};
}

std::optional<std::size_t> TsvTable::find_column(std::string_view column) const {
  const auto found = std::find(columns_.begin(), columns_.end(), column);
  if (found == columns_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns_.begin());
}

std::string TsvTable::where(const Row& row, std::size_t column) const {
  return concat(name_, ':', row.line, ": column ", column + 1, " (", columns_[column], ')');
}

std::string tsv_cell(std::string_view text) {
  if (text.find('\t') == std::string_view::npos && !trim(text).starts_with('"')) return std::string(text);
  std::string cell = "\"";
  for (const char c : text) cell += c == '"' ? "\"\"" : std::string(1, c);
  return cell + '"';
}

}  // namespace sonograd::train
