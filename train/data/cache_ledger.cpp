#include "train/data/cache_ledger.h"

namespace sonograd::train {

void CacheLedger::add(const std::filesystem::path& entry, Time last_use, std::uint64_t bytes) {
  if (!entries_.try_emplace(entry, Entry{last_use, bytes, false}).second) return;
  idle_.emplace(last_use, entry);
  idle_bytes_ += bytes;
  total_bytes_ += bytes;
}

void CacheLedger::make_busy(Entries::value_type& entry) {
  if (std::exchange(entry.second.in_use, true)) return;
  if (idle_.erase({entry.second.last_use, entry.first}) > 0) idle_bytes_ -= entry.second.bytes;
}

void CacheLedger::use(const std::filesystem::path& entry) {
  make_busy(*entries_.try_emplace(entry).first);
}

bool CacheLedger::is_in_use(const std::filesystem::path& entry) const {
  const auto found = entries_.find(entry);
  return found != entries_.end() && found->second.in_use;
}

std::optional<std::vector<std::filesystem::path>> CacheLedger::reserve(std::uint64_t bytes) {
  if (total_bytes_ - idle_bytes_ + bytes > max_bytes_) return std::nullopt;
  std::vector<std::filesystem::path> dropped;
  while (total_bytes_ + bytes > max_bytes_) {
    const auto found = entries_.find(idle_.begin()->second);
    idle_.erase(idle_.begin());
    idle_bytes_ -= found->second.bytes;
    total_bytes_ -= found->second.bytes;
    dropped.push_back(found->first);
    entries_.erase(found);
  }
  total_bytes_ += bytes;
  return dropped;
}

void CacheLedger::fill(const std::filesystem::path& entry, std::uint64_t bytes) {
  Entries::value_type& filled = *entries_.try_emplace(entry).first;
  make_busy(filled);
  total_bytes_ -= std::exchange(filled.second.bytes, bytes);  // of a damaged one that was replaced
}

}  // namespace sonograd::train
