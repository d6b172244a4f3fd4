// The division of a data set into units, which are prepared independently, and of units into parts for several machines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "train/data/sets/registry.h"

namespace sonograd::train {

/// Consecutive clips [first, end) of a data set.
struct PreparationUnit {
  std::size_t first = 0, end = 0;
  double seconds = 0;  ///< expected length of its clips
};

/// Units whose shards are expected to have at most `shard_bytes` each, of one clip at least. A function of the arguments alone: it does
/// not depend on machines, threads and parts.
std::vector<PreparationUnit> divide_into_units(const SetClips& set, int sample_rate,
                                               std::uint64_t shard_bytes);

/// Part `index` of `count`: the units index - 1, index - 1 + count, …
struct PreparationPart {
  std::size_t index = 1, count = 1;

  /// "3/16"; nothing for other text, and for an index outside 1 to the count.
  static std::optional<PreparationPart> parse(std::string_view text);
  bool has(std::size_t unit) const { return unit % count == index - 1; }
};

}  // namespace sonograd::train
