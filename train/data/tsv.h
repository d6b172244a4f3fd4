// Tables as text with one header line: UTF-8, with or without a byte order mark, LF or CRLF; tabs between the cells, or
// commas or semicolons in a .csv file. A cell may stand in double quotes, as spreadsheets write it (RFC 4180): then it may
// contain the separator, and two double quotes are one. A cell ends on its line. Blanks around a cell are dropped, except
// in the column `path`. Lines without any text are skipped.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sonograd::train {

/// Rows of equal width. A default-constructed table is empty and has no columns.
class TsvTable {
 public:
  struct Row {
    std::size_t line = 0;  ///< 1-based line of the file
    std::vector<std::string> cells;
  };

  TsvTable() = default;
  /// `name` stands for the file in messages. A row whose `path` is not UTF-8 is left out, with a warning.
  /// Throws DataError: no header, a repeated or unnamed column, a row with more or fewer cells than the header, a quote
  /// without its end, bytes that are not UTF-8 text.
  TsvTable(std::string name, std::string_view text, char separator = '\t');
  /// The separator of a .csv file is the one that its header has most of. Throws ReadError when the file cannot be read, else
  /// as above.
  static TsvTable read(const std::filesystem::path& file);

  const std::string& name() const { return name_; }
  const std::vector<std::string>& columns() const { return columns_; }
  const std::vector<Row>& rows() const { return rows_; }
  /// Rows that were left out.
  const std::vector<std::string>& warnings() const { return warnings_; }
  std::optional<std::size_t> find_column(std::string_view column) const;
  void set_cell(std::size_t row, std::size_t column, std::string text) {
    rows_[row].cells[column] = std::move(text);
  }
  /// "labels.tsv:5: column 2 (label)": where a cell stands, for messages.
  std::string where(const Row& row, std::size_t column) const;

 private:
  std::string name_;
  std::vector<std::string> columns_;
  std::vector<Row> rows_;
  std::vector<std::string> warnings_;
};

/// A cell as TsvTable reads it back: in quotes where it needs them.
std::string tsv_cell(std::string_view text);

}  // namespace sonograd::train
