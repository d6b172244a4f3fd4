#include "train/data/clips_ahead.h"

#include <cmath>

namespace sonograd::train {
namespace {

constexpr std::size_t kClipsAhead = 2;

}  // namespace

ClipsAhead::ClipsAhead(const ClipList& clips, const ClipReader& reader, const models::ChunkRule& rule,
                       int workers)
    : clips_(clips),
      rule_(rule),
      chunk_(static_cast<std::size_t>(rule.length)),
      read_(0, clips.size(), workers, kClipsAhead, [&clips, &reader](std::size_t clip) -> ReadClip {
        try {
          return reader.read(clips.files[clip]);
        } catch (const audio::ClipTooLong&) {
          return LongClip();
        } catch (const Error& error) {
          return error.what();
        }
      }) {}

ClipsAhead::Passed ClipsAhead::next(const std::function<void(std::span<const float>)>& sink,
                                    const std::function<bool()>& keep_going) {
  const std::size_t clip = next_++;
  const ReadClip item = read_.next();
  if (const auto* const error = std::get_if<std::string>(&item)) return {.error = *error, .warning = {}};
  if (std::holds_alternative<LongClip>(item)) return pass_file(clips_.files[clip], sink, keep_going);
  const auto& samples = std::get<ClipSamples>(item);
  for (const audio::Chunk& place : rule_.positions(samples.length())) {
    samples.copy(place, rule_.pad, chunk_);
    sink(chunk_);
  }
  return {.error = {}, .warning = samples.warning(), .samples = samples.length()};
}

ClipsAhead::Passed ClipsAhead::pass_file(const std::filesystem::path& file,
                                         const std::function<void(std::span<const float>)>& sink,
                                         const std::function<bool()>& keep_going) const {
  try {
    const audio::SourceReport report = models::for_each_chunk(file, rule_, sink, keep_going);
    return {
        .error = {}, .warning = report.warning, .samples = std::llround(report.seconds * rule_.sample_rate)};
  } catch (const Error& error) {
    return {.error = error.what(), .warning = {}};
  }
}

}  // namespace sonograd::train
