// A check of the shards of prepared data against their index.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace sonograd::train {

/// A shard, or an index, that is not as it was written.
struct ShardProblem {
  std::string file;  ///< "00012.tar"
  std::string reason;
  bool is_readable = true;  ///< its clips can be read, damaged or not
};

/// Compares names, sizes and SHA-256 of all shards that the manifest names with their indices, on `threads` threads; the result is in
/// the order of the names. `progress` receives how many of them are done and returns false to stop. Throws as LabelsTable::read.
std::vector<ShardProblem> verify_shards(
    const std::filesystem::path& folder, int threads,
    const std::function<bool(std::size_t done, std::size_t shards)>& progress);

}  // namespace sonograd::train
