#include "train/data/prepare/plan.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <unordered_set>

#include "tensor/io/tar.h"
#include "tensor/support/error.h"
#include "tensor/support/prefetcher.h"
#include "train/data/data_error.h"
#include "train/data/prepare/decoded_clip.h"

namespace sonograd::train {
namespace {

/// Clips in the sample, for each thread at most.
constexpr std::size_t kMostPerThread = 64;
/// Headers, padding and JSON of a clip in a shard.
constexpr double kBytesAroundClip = 3 * static_cast<double>(io::kTarBlock);

/// Different rows all over the data set, in an order that covers it wherever it is cut off.
std::vector<std::size_t> spread_rows(std::size_t clips, std::size_t count) {
  constexpr double kGoldenRatio = 0.6180339887498949;
  std::vector<std::size_t> rows;
  std::unordered_set<std::size_t> taken;
  double place = 0.5;
  while (rows.size() < std::min(clips, count)) {
    auto row = static_cast<std::size_t>(place * static_cast<double>(clips)) % clips;
    while (!taken.insert(row).second) row = (row + 1) % clips;
    rows.push_back(row);
    place = std::fmod(place + kGoldenRatio, 1.0);
  }
  return rows;
}

}  // namespace

DecodingSpeed measure_decoding(const SetClips& set, int sample_rate, int threads, double seconds,
                               const std::function<bool()>& keep_going) {
  struct Sample {
    double sound = 0;
    std::int64_t bytes = -1;
    std::string problem;
  };
  const std::vector<std::size_t> rows =
      spread_rows(set.clips.size(), kMostPerThread * static_cast<std::size_t>(threads));
  const auto begin = std::chrono::steady_clock::now();
  Prefetcher<Sample> decoded(0, rows.size(), threads, 1, [&](std::size_t i) {
    const SetClip& clip = set.clips[rows[i]];
    const DecodedClip sound = decode_clip(set, clip, sample_rate);
    return Sample{static_cast<double>(sound.clip.samples.size()) / sample_rate,
                  bytes_of(set.folder / clip.path), sound.problem};
  });
  DecodingSpeed speed{.threads = threads};
  std::string problem;
  for (std::size_t i = 0; i < rows.size() && keep_going(); ++i) {
    const Sample sample = decoded.next();
    speed.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (sample.problem.empty()) {
      ++speed.clips;
      speed.sound += sample.sound;
      speed.expected_sound += set.clips[rows[i]].seconds;
      speed.bytes += static_cast<std::uint64_t>(sample.bytes);
    } else {
      ++speed.missing;
      problem = concat((set.folder / set.clips[rows[i]].path).string(), ": ", sample.problem);
    }
    if (speed.seconds >= seconds && i + 1 >= static_cast<std::size_t>(threads)) break;
  }
  if (speed.clips == 0 && speed.missing > 0)
    throw DataError(concat("none of ", speed.missing, " clips can be read; the last is ", problem));
  return speed;
}

PreparationPlan plan_preparation(const SetClips& set, int sample_rate, std::uint64_t shard_bytes,
                                 std::size_t machines, const DecodingSpeed& speed) {
  PreparationPlan plan{.clips = set.clips.size()};
  if (speed.clips == 0) return plan;
  const std::vector<PreparationUnit> units = divide_into_units(set, sample_rate, shard_bytes);
  plan.units = units.size();
  const double per_expected = speed.expected_sound > 0 ? speed.sound / speed.expected_sound : 1;
  std::vector<double> parts(std::min(machines, units.size()));
  for (std::size_t unit = 0; unit < units.size(); ++unit) {
    const double sound = units[unit].seconds * per_expected;
    plan.sound += sound;
    parts[unit % parts.size()] += sound / speed.real_time();
  }
  const auto clips = static_cast<double>(plan.clips);
  plan.source_bytes =
      static_cast<std::uint64_t>(static_cast<double>(speed.bytes) / static_cast<double>(speed.clips) * clips);
  plan.shard_bytes = static_cast<std::uint64_t>(2 * plan.sound * sample_rate + clips * kBytesAroundClip);
  for (const double part : parts) plan.machine_seconds += part;
  plan.longest_part = *std::ranges::max_element(parts);
  plan.core_hours = plan.machine_seconds * speed.threads / 3600;
  return plan;
}

}  // namespace sonograd::train
