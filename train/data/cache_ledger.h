// Which entries a cache with a limit holds, and which of them go to make room.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace sonograd::train {

/// Sizes and times of last use, without the files themselves. Entries in use stay; of the others those unused for
/// longest go first, of equally old ones the first by path. Every call takes O(log n), `reserve` that for each entry
/// that goes. Not safe to use from several threads at once.
class CacheLedger {
 public:
  using Time = std::filesystem::file_time_type;

  explicit CacheLedger(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}

  /// An entry that exists already, not in use.
  void add(const std::filesystem::path& entry, Time last_use, std::uint64_t bytes);
  /// Room that an unfinished entry of another process takes.
  void occupy(std::uint64_t bytes) { total_bytes_ += bytes; }
  /// From now on the entry, counted here or not, is in use.
  void use(const std::filesystem::path& entry);
  bool is_in_use(const std::filesystem::path& entry) const;

  /// Takes room for an entry of `bytes`. Returns the entries to delete, which no longer count; nothing, and all is as it
  /// was, when those in use leave too little.
  std::optional<std::vector<std::filesystem::path>> reserve(std::uint64_t bytes);
  /// Gives back room that was taken.
  void release(std::uint64_t bytes) { total_bytes_ -= bytes; }
  /// Fills room that was taken: the entry, which may replace an older one of its name, is in use.
  void fill(const std::filesystem::path& entry, std::uint64_t bytes);

  std::uint64_t max_bytes() const { return max_bytes_; }

 private:
  struct Entry {
    Time last_use;
    std::uint64_t bytes = 0;
    bool in_use = false;
  };
  using Entries = std::map<std::filesystem::path, Entry>;
  void make_busy(Entries::value_type& entry);

  std::uint64_t max_bytes_;
  std::uint64_t total_bytes_ = 0;  ///< bytes of all entries, and of room that was taken
  std::uint64_t idle_bytes_ = 0;   ///< bytes of entries that are not in use
  Entries entries_;
  std::set<std::pair<Time, std::filesystem::path>> idle_;  // not in use, the next to go first
};

}  // namespace sonograd::train
