// The side index of prepared clips: which clip lies where in which shard, and the checksums of both.
//
// Prepared clips lie in tar archives, the shards, as KEY.pcm16 (mono, 16 bit, little-endian) and KEY.json. The data set is divided
// into units of consecutive clips. Unit 00012 has one index, 00012.tsv, and the shards 00012.tar, 00012-1.tar, …: more than one
// where its clips are longer than expected. The index is written last, so a unit with an index is complete.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sonograd::audio {

/// A folder with prepared data: the description of how they were made, written first, its table, written last, and the folder of
/// the shards.
inline constexpr std::string_view kPreparedName = "prepared.json";
inline constexpr std::string_view kManifestName = "manifest.tsv";
inline constexpr std::string_view kShardFolder = "shards";
inline constexpr std::string_view kShardExtension = ".tar";
inline constexpr std::string_view kShardIndexExtension = ".tsv";
inline constexpr std::string_view kShardClipExtension = ".pcm16";

struct ShardFile {
  std::string name;         ///< "00012.tar", beside the index
  std::uint64_t bytes = 0;  ///< of the whole file
  std::string sha256;       ///< of the whole file
};

struct ShardClip {
  std::size_t row = 0;  ///< of the data set
  std::string key;
  std::size_t shard = 0;      ///< of the index
  std::uint64_t offset = 0;   ///< byte of the shard at which the samples begin
  std::uint64_t samples = 0;  ///< at least 1
  std::int64_t clipped = 0;   ///< samples that were outside the range of 16 bits
  std::uint32_t crc32c = 0;   ///< of the samples
  std::string warning;        ///< damage of the original file; empty: none
};

/// A clip of the data set that is in no shard.
struct AbsentClip {
  std::size_t row = 0;
  std::string key;
  bool is_left_out = false;  ///< by a rule of the data set; otherwise it cannot be read
  std::int64_t bytes = -1;   ///< of the original file at that time; -1: there was none
  std::string reason;
};

struct ShardIndex {
  int sample_rate = 0;  ///< Hz
  std::string origin;   ///< hash of the data set and the options of the preparation
  std::vector<ShardFile> shards;
  std::vector<ShardClip> clips;
  std::vector<AbsentClip> absent;

  /// Throws ReadError when the file cannot be read, FormatError, with its name, when it is damaged: a line that does not parse, a clip
  /// outside its shard, a wrong checksum of the whole.
  static ShardIndex read(const std::filesystem::path& file);
  /// The text of the file, which ends with a checksum.
  std::string format() const;
};

/// "00012" for 12.
std::string unit_name(std::size_t unit);
/// The index of a shard: 00012.tsv of 00012.tar and of 00012-1.tar.
std::filesystem::path index_of_shard(const std::filesystem::path& shard);

}  // namespace sonograd::audio
