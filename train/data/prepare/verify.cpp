#include "train/data/prepare/verify.h"

#include <map>
#include <set>

#include "audio/shard_index.h"
#include "tensor/io/sha256.h"
#include "tensor/support/error.h"
#include "tensor/support/prefetcher.h"
#include "train/data/labels_table.h"
#include "train/data/prepare/decoded_clip.h"

namespace sonograd::train {
namespace fs = std::filesystem;
namespace {

constexpr const char* kRepair = "; run the same `sonograd data prepare` again, or copy it again";

/// The shards of the manifest, and those of their indices with size and checksum.
struct ExpectedShards {
  std::map<std::string, audio::ShardFile> files;
  std::vector<ShardProblem> problems;  ///< of indices
};

ExpectedShards expected_shards(const fs::path& folder) {
  const LabelsTable table = LabelsTable::read(folder);
  const std::size_t column = table.column("shard");
  std::map<std::string, std::set<std::string>> shards_of;  // of each index
  for (std::size_t row = 0; row < table.size(); ++row) {
    const std::string& shard = table.cell(row, column);
    shards_of[audio::index_of_shard(shard).string()].insert(shard);
  }
  ExpectedShards expected;
  for (const auto& [name, shards] : shards_of) {
    const fs::path file = folder / audio::kShardFolder / name;
    try {
      std::set<std::string> rest = shards;
      for (const audio::ShardFile& shard : audio::ShardIndex::read(file).shards) {
        rest.erase(shard.name);
        expected.files[shard.name] = shard;
      }
      for (const std::string& shard : rest)
        expected.problems.push_back({shard, concat("not in its index ", name, kRepair), false});
    } catch (const Error& error) {
      expected.problems.push_back({name, concat(error.what(), kRepair), false});
    }
  }
  return expected;
}

ShardProblem check_shard(const fs::path& folder, const audio::ShardFile& shard) {
  const fs::path file = folder / audio::kShardFolder / shard.name;
  const std::int64_t bytes = bytes_of(file);
  if (bytes < 0) return {shard.name, concat("missing", kRepair), false};
  if (bytes != static_cast<std::int64_t>(shard.bytes))
    return {shard.name, concat(bytes, " bytes, expected ", shard.bytes, kRepair), false};
  try {
    if (io::sha256_of_file(file) == shard.sha256) return {};
    return {shard.name, concat("wrong checksum", kRepair), true};
  } catch (const Error& error) {
    return {shard.name, error.what(), false};
  }
}

}  // namespace

std::vector<ShardProblem> verify_shards(const fs::path& folder, int threads,
                                        const std::function<bool(std::size_t, std::size_t)>& progress) {
  ExpectedShards expected = expected_shards(folder);
  std::vector<audio::ShardFile> shards;
  for (const auto& [name, shard] : expected.files) shards.push_back(shard);
  Prefetcher<ShardProblem> checked(0, shards.size(), threads, 2,
                                   [&](std::size_t i) { return check_shard(folder, shards[i]); });
  std::vector<ShardProblem> problems = std::move(expected.problems);
  for (std::size_t i = 0; i < shards.size() && progress(i, shards.size()); ++i) {
    ShardProblem problem = checked.next();
    if (!problem.reason.empty()) problems.push_back(std::move(problem));
  }
  return problems;
}

}  // namespace sonograd::train
