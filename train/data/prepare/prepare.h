// Preparation of a data set: every clip decoded once, to mono 16-bit samples in shards that are read without a decoder.
//
// A folder with prepared data has
//   prepared.json         data set and options (description.h), written first
//   shards/00012.tar      KEY.pcm16 and KEY.json of each clip, in WebDataset layout: tar files of 1 GiB at most
//   shards/00012.tsv      their index with checksums (audio/shard_index.h), written when the unit is complete
//   shards/SHA256SUMS     checksums of the shards for `sha256sum -c`
//   unreadable.tsv        clips of the data set that are in no shard, and the reasons
//   manifest.tsv          the table of the clips, written last
//   statistics.html       a page about them (train/report/set_page.h)
// Its bytes depend on the data set, the options and the decoder alone: not on machine, place, threads, parts, or how often the
// work was interrupted.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "tensor/support/error.h"
#include "train/data/prepare/description.h"
#include "train/data/prepare/units.h"
#include "train/data/sets/registry.h"

namespace sonograd::train {

inline constexpr const char* kStatisticsName = "statistics.html";

struct PrepareOptions {
  int threads = 1;
  PreparationPart part = {};
  /// Alone in the folder; otherwise other processes work on other parts of it at the same time.
  bool is_whole = true;
  double max_unreadable = 0.1;  ///< share of the clips up to which the manifest is written
};

/// A clip of the part that is in no shard.
struct SkippedClip {
  std::string path;
  std::string reason;
  bool is_left_out = false;  ///< by a rule of the data set; otherwise it cannot be read
};

struct PrepareResult {
  bool is_stopped = false;                ///< by `progress`: the same call continues
  std::size_t clips = 0;                  ///< of the part, in shards
  double seconds = 0;                     ///< their length
  std::uint64_t bytes = 0;                ///< of the shards of the part
  std::size_t units = 0, made_units = 0;  ///< of the part; by this call
  std::vector<SkippedClip> skipped;       ///< of the part, in the order of the data set
  std::vector<std::string> busy;          ///< units that other processes work on: the reasons
  bool is_complete = false;               ///< all parts are done, and the manifest is there
  bool is_changed = false;                ///< this call has written the manifest
  std::size_t open_units = 0;             ///< units of all parts that are not done
  std::string refusal;  ///< reason for which the manifest was not written although all units are done
};

/// Progress: clips and seconds of sound that this call has prepared, of so many clips. False stops the work.
using PrepareProgress = std::function<bool(std::size_t done, std::size_t clips, double seconds)>;

/// Another process writes the same folder, part or unit.
class PreparationBusy : public ConfigError {
 public:
  using ConfigError::ConfigError;
};

/// Prepares the part of the data set, and writes the manifest when all parts are done. Units that are complete stay; those with a
/// missing or shortened shard, or with an unreadable clip whose file has changed since, are made again.
/// Throws ConfigError for a folder with other files, or begun with another description; PreparationBusy; IoError.
PrepareResult prepare(const SetClips& set, const PreparationDescription& about,
                      const std::filesystem::path& folder, const PrepareOptions& options,
                      const PrepareProgress& progress);

}  // namespace sonograd::train
