// The shards of one unit, and its index.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "audio/load.h"
#include "audio/shard_index.h"
#include "tensor/io/atomic_file.h"
#include "tensor/io/sha256.h"

namespace sonograd::train {

/// Writes clips in their order; a shard appears when it is full, the index at the end. Equal clips give equal bytes.
class UnitWriter {
 public:
  /// `folder`: of the shards. `shard_bytes`: largest shard; one clip may exceed it. `origin`: ShardIndex::origin.
  UnitWriter(std::filesystem::path folder, std::size_t unit, int sample_rate, std::string origin,
             std::uint64_t shard_bytes);
  ~UnitWriter();

  /// `json`: the text of KEY.json. Throws IoError.
  void add(std::size_t row, const std::string& key, const audio::Clip<std::int16_t>& clip,
           std::string_view json);
  void add_absent(audio::AbsentClip clip) { index_.absent.push_back(std::move(clip)); }
  /// Publishes the last shard and the index, and deletes shards of the unit that an earlier preparation had more of. To be called
  /// once. Throws IoError.
  void commit();

 private:
  struct OpenShard;
  void open_shard();
  void close_shard();

  std::filesystem::path folder_;
  std::string name_;
  std::uint64_t shard_bytes_;
  audio::ShardIndex index_;
  std::unique_ptr<OpenShard> shard_;
};

/// The index of unit `unit` in the folder of the shards.
std::filesystem::path unit_index(const std::filesystem::path& folder, std::size_t unit);

}  // namespace sonograd::train
