// Whether a unit of prepared data is complete.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "audio/shard_index.h"
#include "train/data/prepare/units.h"
#include "train/data/sets/registry.h"

namespace sonograd::train {

/// The index of a unit that is complete: made with the description `origin`, for these clips, its shards are there with their
/// sizes, and no file that could not be read has changed. Nothing: the unit is to be made.
std::optional<audio::ShardIndex> complete_unit(const std::filesystem::path& shards, std::size_t unit,
                                               const PreparationUnit& clips, const SetClips& set,
                                               const std::string& origin);

}  // namespace sonograd::train
