#include "train/recommend/plays.h"

#include <algorithm>
#include <array>
#include <optional>
#include <ostream>
#include <unordered_map>
#include <utility>

#include "tensor/io/text_file.h"
#include "tensor/support/number.h"
#include "tensor/support/text.h"
#include "tensor/support/utf8.h"
#include "train/data/data_error.h"

namespace sonograd::train {
namespace {

struct PlayRow {
  std::uint32_t user = 0, item = 0;
  double count = 0;
};

// Ids in the order of their first use. 32 bits are enough: 8 GiB of text have fewer than 2^32 rows.
class IdNumbers {
 public:
  /// The characters of `id` outlive this object.
  std::uint32_t number_of(std::string_view id) {
    const auto [known, is_new] = numbers_.try_emplace(id, static_cast<std::uint32_t>(ids_.size()));
    if (is_new) ids_.emplace_back(id);
    return known->second;
  }
  std::vector<std::string> take() { return std::move(ids_); }

 private:
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
  std::vector<std::string> ids_;
};

// "plays.tsv:5" in messages; a table has millions of rows, so the text is made for a bad one only.
struct PlayLine {
  const std::string& name;
  std::size_t number;

  friend std::ostream& operator<<(std::ostream& out, const PlayLine& line) {
    return out << line.name << ':' << line.number;
  }
};

std::array<std::string_view, 3> play_cells(std::string_view line, const PlayLine& where) {
  const auto tabs = std::ranges::count(line, '\t');
  if (tabs != 2)
    throw DataError(concat(where, ": expected user, item and count with tabs between them, got ",
                           counted(static_cast<std::size_t>(tabs) + 1, "cell")));
  const std::size_t first = line.find('\t'), last = line.rfind('\t');
  return {trim(line.substr(0, first)), trim(line.substr(first + 1, last - first - 1)),
          trim(line.substr(last + 1))};
}

void require_id(std::string_view id, const char* column, const PlayLine& where) {
  if (const std::string mistake = mistake_of_id(id); !mistake.empty())
    throw DataError(concat(where, ": column ", column, ": ", mistake));
}

double count_in(std::string_view cell, const PlayLine& where) {
  const std::optional<double> count = parse_number<double>(cell);
  if (count && *count > 0 && *count <= kMostPlays) return *count;
  throw DataError(concat(where, ": column 3 (count): expected a number above 0 and at most ", kMostPlays,
                         ", got '", to_printable(cell, 80), '\''));
}

// Entries in the order of `row_of`, and in their own order within a row.
template <class Item, class RowOf, class EntryOf>
SparseRows grouped(const std::vector<Item>& from, std::size_t rows, RowOf row_of, EntryOf entry_of) {
  SparseRows result{std::vector<std::size_t>(rows + 1), std::vector<SparseRows::Entry>(from.size())};
  for (const Item& each : from) ++result.begins[row_of(each) + 1];
  for (std::size_t row = 0; row < rows; ++row) result.begins[row + 1] += result.begins[row];
  std::vector<std::size_t> next(result.begins.begin(), result.begins.end() - 1);
  for (const Item& each : from) result.entries[next[row_of(each)]++] = entry_of(each);
  return result;
}

// Sorts each row by column and adds the counts of a column, in the order of their lines.
void merge_columns(SparseRows& rows) {
  std::size_t kept = 0;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const auto begin = rows.entries.begin() + static_cast<std::ptrdiff_t>(rows.begins[row]);
    const auto end = rows.entries.begin() + static_cast<std::ptrdiff_t>(rows.begins[row + 1]);
    std::ranges::stable_sort(begin, end, {}, &SparseRows::Entry::column);
    rows.begins[row] = kept;
    for (auto entry = begin; entry != end; ++entry) {
      if (kept > rows.begins[row] && rows.entries[kept - 1].column == entry->column) {
        rows.entries[kept - 1].value += entry->value;
      } else {
        rows.entries[kept++] = *entry;
      }
    }
  }
  rows.begins.back() = kept;
  rows.entries.resize(kept);
}

SparseRows transposed(const SparseRows& from, std::size_t columns) {
  std::vector<PlayRow> all;
  all.reserve(from.entries.size());
  for (std::uint32_t user = 0; user < from.rows(); ++user)
    for (const auto& [item, count] : from.row(user)) all.push_back({user, item, count});
  return grouped(
      all, columns, [](const PlayRow& play) { return play.item; },
      [](const PlayRow& play) {
        return SparseRows::Entry{play.user, play.count};
      });
}

}  // namespace

std::string mistake_of_id(std::string_view id) {
  if (!id.empty() && id.size() <= kMostIdBytes && is_utf8_text(id)) return "";
  return concat("expected 1 to ", kMostIdBytes, " bytes of UTF-8, got ", id.size(), ": '",
                to_printable(id, 80), '\'');
}

Plays parse_plays(const std::string& name, std::string_view text) {
  IdNumbers users, items;
  std::vector<PlayRow> rows;
  std::size_t number = 0;
  for (const std::string_view line : text_lines(text)) {
    ++number;
    if (trim(line).empty()) continue;
    const PlayLine where{name, number};
    const auto [user, item, count] = play_cells(line, where);
    require_id(user, "1 (user)", where);
    require_id(item, "2 (item)", where);
    rows.push_back({users.number_of(user), items.number_of(item), count_in(count, where)});
  }
  if (rows.empty())
    throw DataError(concat(name, ":1: expected rows of user, item and count, the file has none"));
  Plays plays{users.take(), items.take(), {}, {}};
  plays.by_user = grouped(
      rows, plays.users.size(), [](const PlayRow& play) { return play.user; },
      [](const PlayRow& play) {
        return SparseRows::Entry{play.item, play.count};
      });
  merge_columns(plays.by_user);
  plays.by_item = transposed(plays.by_user, plays.items.size());
  return plays;
}

Plays read_plays(const std::filesystem::path& file) {
  const std::string text = io::read_text_file(file, kMostPlayBytes);
  return parse_plays(file.string(), text);
}

}  // namespace sonograd::train
