#include "models/tagging/chunk_source.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "audio/load.h"
#include "audio/pcm.h"

namespace sonograd::models {
namespace {

using KeepGoing = std::function<bool()>;

/// Samples of the rest of a stream.
std::int64_t read_to_end(audio::ClipStream& stream, const KeepGoing& keep_going) {
  std::int64_t length = 0;
  for (auto block = stream.next(); !block.empty(); block = stream.next()) {
    if (keep_going && !keep_going()) throw Error("stopped");
    length += std::ssize(block);
  }
  return length;
}

std::int64_t length_of(const std::filesystem::path& path, int sample_rate, const KeepGoing& keep_going) {
  audio::ClipStream stream(path, sample_rate);
  return read_to_end(stream, keep_going);
}

void round_as(const ChunkRule& rule, std::span<float> chunk) {
  if (!rule.round_to_int16) return;
  for (float& sample : chunk) sample = audio::from_pcm16(audio::to_pcm16(sample));
}

}  // namespace

ChunkRule ChunkRule::of(const ModelDescription& about, const Input& input) {
  return {.sample_rate = static_cast<int>(input.sample_rate),
          .length = input.samples,
          .hop = about.hop_samples == 0 ? input.hop : about.hop_samples,
          .count = about.chunks,
          .pad = about.pad,
          .ends = {.context = input.context, .tail = input.tail},
          .round_to_int16 = about.pcm == Pcm::int16};
}

// Zeros at each end of a clip of that length.
std::int64_t ChunkRule::context_of(std::int64_t samples) const {
  return samples + 2 * ends.context >= length ? ends.context : 0;
}

std::int64_t ChunkRule::hop_in(std::int64_t samples) const {
  return count > 0 ? audio::hop_of_equal_chunks(samples + 2 * context_of(samples), length, count) : hop;
}

std::int64_t ChunkRule::count_in(std::int64_t samples) const {
  if (count == 0) return audio::chunk_count(samples + 2 * context_of(samples), length, hop, ends.tail);
  return hop_in(samples) == 0 ? 1 : count;
}

audio::Chunk ChunkRule::place(std::size_t index, std::int64_t samples) const {
  const std::int64_t context = context_of(samples);
  audio::Chunk place =
      audio::chunk_at(static_cast<std::int64_t>(index), samples + 2 * context, length, hop_in(samples));
  place.start -= context;
  return audio::part_inside(place, samples);
}

std::vector<audio::Chunk> ChunkRule::positions(std::int64_t samples) const {
  const std::int64_t context = context_of(samples), extended = samples + 2 * context;
  std::vector<audio::Chunk> places = count > 0 ? audio::equally_spaced_chunks(extended, length, count)
                                               : audio::chunk_positions(extended, length, hop, ends.tail);
  for (audio::Chunk& place : places) place.start -= context;
  places.erase(std::ranges::unique(places).begin(), places.end());  // equally spaced by less than a sample
  return places;
}

std::int64_t hop_in_samples(std::string_view origin, double seconds, const Input& input) {
  const auto rate = static_cast<double>(input.sample_rate), length = static_cast<double>(input.samples);
  const double samples = std::round(seconds * rate);
  if (!(samples >= 1 && samples <= length)) {
    throw ConfigError(concat(origin, ": expected ", 1 / rate, " s (a sample) to ", length / rate,
                             " s (a chunk), got ", seconds, " s"));
  }
  return static_cast<std::int64_t>(samples);
}

audio::SourceReport for_each_chunk(const std::filesystem::path& path, const ChunkRule& rule,
                                   const std::function<void(std::span<const float>)>& sink,
                                   const std::function<bool()>& keep_going) {
  std::int64_t hop = rule.hop;
  std::int64_t left = std::numeric_limits<std::int64_t>::max();
  if (rule.count > 0) {
    // Equally spaced chunks are the first `count` at this hop; at a hop below one sample they are all equal.
    const std::int64_t samples = length_of(path, rule.sample_rate, keep_going);
    hop = std::max<std::int64_t>(1, rule.hop_in(samples));
    left = rule.count_in(samples);
  }
  audio::ClipStream stream(path, rule.sample_rate);
  audio::ChunkReader reader(stream, rule.length, hop, rule.pad, rule.ends);
  std::vector<float> chunk(static_cast<std::size_t>(rule.length));
  for (; left > 0 && reader.next(chunk); --left) {
    if (keep_going && !keep_going()) throw Error("stopped");
    round_as(rule, chunk);
    sink(chunk);
  }
  read_to_end(stream, keep_going);  // the report is complete at the end of the stream
  return stream.report();
}

void for_each_chunk(std::span<const float> samples, const ChunkRule& rule,
                    const std::function<void(std::span<const float>)>& sink) {
  std::vector<float> chunk(static_cast<std::size_t>(rule.length));
  for (const audio::Chunk& place : rule.positions(std::ssize(samples))) {
    audio::copy_chunk(samples, place, rule.pad, chunk);
    round_as(rule, chunk);
    sink(chunk);
  }
}

}  // namespace sonograd::models
