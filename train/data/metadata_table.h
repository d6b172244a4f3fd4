// Tables of published data sets, as their authors wrote them: read once from beginning to end, record by record.
//
// Text by RFC 4180: LF or CRLF, cells in double quotes where they need it, two double quotes for one, line breaks inside of
// quotes; any separator. UTF-8 with or without a byte order mark.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sonograd::train {

/// Whether every record has as many cells as the header.
enum class RowWidth {
  fixed,
  at_least  ///< or more: the last column may repeat
};

class MetadataTable {
 public:
  /// Reads the file and its first `header_lines` records; the columns are those of the first. Throws ReadError when the file cannot be
  /// read, DataError when it has no such records.
  MetadataTable(const std::filesystem::path& file, char separator, RowWidth width = RowWidth::fixed,
                std::size_t header_lines = 1);

  const std::string& name() const { return name_; }
  /// Cells of header record `line`, from 0 on.
  const std::vector<std::string>& header(std::size_t line = 0) const { return headers_[line]; }
  std::optional<std::size_t> find_column(std::string_view column) const;
  /// Throws DataError, with the columns that there are, when none has that name.
  std::size_t column(std::string_view column) const;

  /// Moves to the next record that is not empty; false: there is none. Throws DataError for a record of another width, for a quote
  /// without its end, and for text that is not UTF-8, with the line: a copy that is not complete ends so.
  bool next();
  const std::vector<std::string>& cells() const { return cells_; }
  const std::string& operator[](std::size_t column) const { return cells_[column]; }
  /// "tracks.csv:5: column 2 (genre)", for messages about the current record.
  std::string where(std::size_t column) const;

 private:
  bool read_record();
  std::string read_cell();

  std::string name_;
  std::string text_;
  char separator_;
  RowWidth width_;
  std::size_t at_ = 0;                 // in the text
  std::size_t line_ = 1, begins_ = 1;  // lines of the place and of the current record
  bool has_more_cells_ = false;
  std::vector<std::vector<std::string>> headers_;
  std::vector<std::string> cells_;
};

}  // namespace sonograd::train
