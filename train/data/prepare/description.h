// The beginning of a folder with prepared data: the data set and the options that decide its bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "train/data/sets/registry.h"

namespace sonograd::train {

/// Largest shard, whatever the options.
inline constexpr std::uint64_t kMaxShardBytes = std::uint64_t{1} << 30;

/// The contents of prepared.json. It names neither the place of the data set nor machine or time.
struct PreparationDescription {
  std::string data_set, subset, split;
  int sample_rate = 16000;  ///< Hz
  int shard_mib = 256;      ///< size of a shard in MiB, 1 to 1024, where its clips are as long as expected
  std::size_t clips = 0;    ///< of the data set
  std::string clips_hash;   ///< of their paths, keys, cells and expected lengths
  std::string decoder;      ///< name and version of the library that decodes

  static PreparationDescription of(std::string_view data_set, const SetRequest& request,
                                   const SetClips& clips, int sample_rate, int shard_mib);
  /// JSON text.
  std::string format() const;
  /// Throws ReadError, FormatError.
  static PreparationDescription read(const std::filesystem::path& file);
  /// A clause with the first difference of another description to this one; empty: they are equal.
  std::string difference(const PreparationDescription& other) const;
  /// Identifies the description in the indices of shards: hexadecimal digits.
  std::string origin() const;
};

/// A warning where a model of `sample_rate` Hz has to resample the clips of a folder with prepared data whenever it reads them;
/// empty: it does not, or the folder has others. Throws as PreparationDescription::read.
std::string resampling_warning(const std::filesystem::path& folder, int sample_rate);

}  // namespace sonograd::train
