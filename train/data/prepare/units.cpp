#include "train/data/prepare/units.h"

#include "tensor/io/tar.h"
#include "tensor/support/number.h"

namespace sonograd::train {
namespace {

/// Share of a shard that is filled by expected lengths: the actual ones differ a little.
constexpr double kFilled = 0.97;
/// Expected size of KEY.json.
constexpr std::uint64_t kJsonBytes = 1024;

std::uint64_t expected_bytes(const SetClip& clip, int sample_rate) {
  const auto bytes = static_cast<std::uint64_t>(2 * clip.seconds * sample_rate);
  return io::tar_entry_bytes(bytes) + io::tar_entry_bytes(kJsonBytes);
}

}  // namespace

std::vector<PreparationUnit> divide_into_units(const SetClips& set, int sample_rate,
                                               std::uint64_t shard_bytes) {
  const auto limit = static_cast<std::uint64_t>(kFilled * static_cast<double>(shard_bytes));
  std::vector<PreparationUnit> units;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < set.clips.size(); ++i) {
    const std::uint64_t more = expected_bytes(set.clips[i], sample_rate);
    if (units.empty() || bytes + more > limit) {
      units.push_back({.first = i, .end = i, .seconds = 0});
      bytes = 0;
    }
    bytes += more;
    units.back().end = i + 1;
    units.back().seconds += set.clips[i].seconds;
  }
  return units;
}

std::optional<PreparationPart> PreparationPart::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto index = parse_number<std::size_t>(text.substr(0, slash));
  const auto count = parse_number<std::size_t>(text.substr(slash + 1));
  constexpr std::size_t kMost = 1000000;
  if (!index || !count || *index < 1 || *index > *count || *count > kMost) return std::nullopt;
  return PreparationPart{.index = *index, .count = *count};
}

}  // namespace sonograd::train
