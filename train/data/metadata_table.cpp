#include "train/data/metadata_table.h"

#include <algorithm>

#include "tensor/io/text_file.h"
#include "tensor/support/error.h"
#include "tensor/support/text.h"
#include "tensor/support/utf8.h"
#include "train/data/data_error.h"

namespace sonograd::train {

MetadataTable::MetadataTable(const std::filesystem::path& file, char separator, RowWidth width,
                             std::size_t header_lines)
    : name_(file.string()), text_(io::read_text_file(file)), separator_(separator), width_(width) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
  while (headers_.size() < header_lines) {
    if (!read_record()) throw DataError(concat(name_, ": expected a header, the file ends"));
    headers_.push_back(cells_);
  }
}

std::optional<std::size_t> MetadataTable::find_column(std::string_view column) const {
  const auto found = std::ranges::find(headers_[0], column);
  if (found == headers_[0].end()) return std::nullopt;
  return static_cast<std::size_t>(found - headers_[0].begin());
}

std::size_t MetadataTable::column(std::string_view column) const {
  if (const auto found = find_column(column)) return *found;
  throw DataError(concat(name_, ":1: expected a column '", column, "', found: ", listed(headers_[0], 8)));
}

std::string MetadataTable::read_cell() {
  const auto end_of_plain = [&](std::size_t from) {
    const std::size_t end = text_.find_first_of(std::string{separator_, '\n'}, from);
    return end == std::string::npos ? text_.size() : end;
  };
  std::string cell;
  if (at_ < text_.size() && text_[at_] == '"') {
    for (bool is_open = true; is_open;) {
      const std::size_t quote = text_.find('"', ++at_);
      if (quote == std::string::npos) {
        throw DataError(concat(name_, ':', begins_,
                               ": a quote without its end; the file is damaged or cut short, copy it again"));
      }
      cell.append(text_, at_, quote - at_);
      line_ += static_cast<std::size_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                                                   text_.begin() + static_cast<std::ptrdiff_t>(quote), '\n'));
      at_ = quote + 1;
      is_open = at_ < text_.size() && text_[at_] == '"';
      if (is_open) cell += '"';
    }
  }
  const std::size_t end = end_of_plain(at_);
  cell.append(text_, at_, end - at_);
  has_more_cells_ = end < text_.size() && text_[end] == separator_;
  const bool ends_line = end < text_.size() && !has_more_cells_;
  line_ += ends_line;
  if (!has_more_cells_ && cell.ends_with('\r')) cell.pop_back();
  at_ = std::min(end + 1, text_.size());
  return cell;
}

bool MetadataTable::read_record() {
  if (at_ >= text_.size()) return false;
  begins_ = line_;
  cells_.clear();
  do {
    cells_.push_back(read_cell());
  } while (has_more_cells_);
  return true;
}

bool MetadataTable::next() {
  do {
    if (!read_record()) return false;
  } while (cells_.size() == 1 && trim(cells_[0]).empty() && headers_[0].size() > 1);
  const std::size_t columns = headers_[0].size();
  const bool fits = width_ == RowWidth::fixed ? cells_.size() == columns : cells_.size() >= columns;
  if (!fits) {
    throw DataError(concat(name_, ':', begins_, ": column ", std::min(columns, cells_.size()),
                           ": the header has ", columns, " columns, this row has ", cells_.size(),
                           at_ >= text_.size() ? "; the file is cut short, copy it again" : ""));
  }
  for (std::size_t column = 0; column < cells_.size(); ++column) {
    if (is_utf8_text(cells_[column])) continue;
    throw DataError(concat(where(std::min(column, columns - 1)), ": not UTF-8 text: '",
                           to_utf8_lossy(cells_[column]), "'"));
  }
  return true;
}

std::string MetadataTable::where(std::size_t column) const {
  return concat(name_, ':', begins_, ": column ", column + 1, " (", headers_[0][column], ')');
}

}  // namespace sonograd::train
