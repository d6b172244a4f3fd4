// Play counts: how often a user has played an item.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sonograd::train {

/// A sparse matrix, row by row; the columns of a row ascend.
struct SparseRows {
  struct Entry {
    std::uint32_t column = 0;
    double value = 0;
  };

  std::vector<std::size_t> begins = {0};  ///< [rows + 1]: first entry of each row, and their number
  std::vector<Entry> entries;

  std::size_t rows() const { return begins.size() - 1; }
  std::span<const Entry> row(std::size_t row) const {
    return std::span(entries).subspan(begins[row], begins[row + 1] - begins[row]);
  }
};

/// A table of counts, by user and by item. Users and items are numbered in the order of their first rows; each has a count.
struct Plays {
  std::vector<std::string> users, items;  ///< their ids
  SparseRows by_user;                     ///< [users, items]
  SparseRows by_item;                     ///< the same counts, [items, users]
};

/// Largest table, in bytes. The Echo Nest Taste Profile has 48 million rows in 3 GB.
inline constexpr std::size_t kMostPlayBytes = std::size_t{8} << 30;
/// Longest id, in bytes.
inline constexpr std::size_t kMostIdBytes = 256;
/// Largest count of a row.
inline constexpr double kMostPlays = 1e15;

/// Empty for 1 to `kMostIdBytes` bytes of UTF-8, else what was expected and `id`.
std::string mistake_of_id(std::string_view id);

/// Reads rows `user<TAB>item<TAB>count` without a header, the layout of the Echo Nest Taste Profile: ids of 1 to `kMostIdBytes`
/// bytes of UTF-8, blanks around a cell are dropped; a count is a number above 0 and at most `kMostPlays`; counts of rows with the
/// same user and item are added. Lines without text are skipped. The memory is that of the text and of its rows. Throws
/// ReadError when the file cannot be read or is larger than `kMostPlayBytes`, DataError, with file and line, for another row and for a
/// table without rows.
Plays read_plays(const std::filesystem::path& file);
/// The same for `text`; `name` stands for the file in messages.
Plays parse_plays(const std::string& name, std::string_view text);

}  // namespace sonograd::train
