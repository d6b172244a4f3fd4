// Clips of prepared data (shard_index.h) as files that do not exist by themselves: SHARD.tar/KEY.pcm16.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tensor/io/input_file.h"

namespace sonograd::audio {

/// Samples of a clip in a shard: mono, 16 bit, little-endian.
struct StoredClip {
  std::shared_ptr<const io::InputFile> file;
  std::uint64_t offset = 0;  ///< byte of the file
  std::uint64_t samples = 0;
  int sample_rate = 0;       ///< Hz
  std::int64_t clipped = 0;  ///< samples that were outside the range of 16 bits
  std::uint32_t crc32c = 0;
  std::string warning;  ///< damage of the original file; empty: none

  /// Copies the samples from `first` on; all of them must exist. Throws ReadError when the shard has been cut short.
  void copy(std::uint64_t first, std::span<std::int16_t> out) const;
  /// The samples from `first` on as floats, as many as fit and exist; returns their number.
  std::int64_t read(std::uint64_t first, std::span<float> out) const;
  /// Reads all samples and compares their checksum.
  bool is_intact() const;
};

/// Whether a path has the form SHARD.tar/KEY.pcm16, and SHARD.tar is not a folder.
bool is_shard_clip(const std::filesystem::path& path);

/// The clip with that path. Index and shard stay open for later calls, by any thread, as long as the index does not change. Throws
/// ReadError for a shard or an index that is missing, FormatError for a shard of another size than its index states, for a damaged
/// index, and for a key that is not in it.
StoredClip open_shard_clip(const std::filesystem::path& path);

/// Whether a folder has prepared data: `manifest.tsv` and a folder `shards`.
bool is_prepared_folder(const std::filesystem::path& folder);

/// The clips of a folder with prepared data, in the order of their units. Throws as ShardIndex::read does.
std::vector<std::filesystem::path> prepared_clips(const std::filesystem::path& folder);
/// The clips of one shard. Throws likewise.
std::vector<std::filesystem::path> clips_of_shard(const std::filesystem::path& shard);

}  // namespace sonograd::audio
