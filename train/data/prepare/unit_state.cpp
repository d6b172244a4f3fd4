#include "train/data/prepare/unit_state.h"

#include <algorithm>

#include "tensor/support/error.h"
#include "train/data/prepare/decoded_clip.h"
#include "train/data/prepare/unit_writer.h"

namespace sonograd::train {
namespace fs = std::filesystem;
namespace {

/// Whether the index has each clip of the unit once.
bool has_clips(const audio::ShardIndex& index, const PreparationUnit& unit, const SetClips& set) {
  std::vector<std::size_t> rows;
  const auto add = [&](std::size_t row, const std::string& key) {
    if (row < unit.first || row >= unit.end || set.clips[row].key != key) return false;
    rows.push_back(row);
    return true;
  };
  const auto is_of_unit = [&](const auto& clip) { return add(clip.row, clip.key); };
  if (!std::ranges::all_of(index.clips, is_of_unit) || !std::ranges::all_of(index.absent, is_of_unit))
    return false;
  std::ranges::sort(rows);
  return rows.size() == unit.end - unit.first && std::ranges::adjacent_find(rows) == rows.end();
}

}  // namespace

std::optional<audio::ShardIndex> complete_unit(const fs::path& shards, std::size_t unit,
                                               const PreparationUnit& clips, const SetClips& set,
                                               const std::string& origin) {
  const fs::path file = unit_index(shards, unit);
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return std::nullopt;
  try {
    audio::ShardIndex index = audio::ShardIndex::read(file);
    if (index.origin != origin || !has_clips(index, clips, set)) return std::nullopt;
    const auto has_size = [&](const audio::ShardFile& shard) {
      return bytes_of(shards / shard.name) == static_cast<std::int64_t>(shard.bytes);
    };
    const auto is_unchanged = [&](const audio::AbsentClip& clip) {
      return clip.is_left_out || bytes_of(set.folder / set.clips[clip.row].path) == clip.bytes;
    };
    if (!std::ranges::all_of(index.shards, has_size) || !std::ranges::all_of(index.absent, is_unchanged))
      return std::nullopt;
    return index;
  } catch (const FormatError&) {  // damaged: it is made again
    return std::nullopt;
  }
}

}  // namespace sonograd::train
