// The files that complete prepared data.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "audio/shard_index.h"
#include "train/data/sets/registry.h"

namespace sonograd::train {

/// Writes shards/SHA256SUMS, unreadable.tsv and, last, manifest.tsv with the columns `path`, `key`, those of the data set, `seconds` and
/// `shard`. `units`: the index of each, in order. Throws IoError.
void write_manifest(const std::filesystem::path& folder, const SetClips& set,
                    std::span<const audio::ShardIndex> units);

}  // namespace sonograd::train
