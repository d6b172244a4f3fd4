// Tab-separated text with one header line: UTF-8, with or without a byte order mark, LF or CRLF. There is no
// quoting: a cell is every byte between two tabs. Empty lines are skipped.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
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
  /// `name` stands for the file in messages. Throws DataError: no header, a repeated or unnamed column, a row
  /// with more or fewer cells than the header, bytes that are not UTF-8 text.
  TsvTable(std::string name, std::string_view text);
  /// Throws ReadError when the file cannot be read, else as above.
  static TsvTable read(const std::filesystem::path& file);

  const std::string& name() const { return name_; }
  const std::vector<std::string>& columns() const { return columns_; }
  const std::vector<Row>& rows() const { return rows_; }
  std::optional<std::size_t> find_column(std::string_view column) const;
  /// "labels.tsv:5: column 2 (label)": where a cell stands, for messages.
  std::string where(const Row& row, std::size_t column) const;

 private:
  std::string name_;
  std::vector<std::string> columns_;
  std::vector<Row> rows_;
};

}  // namespace sonograd::train
