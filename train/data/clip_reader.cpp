#include "train/data/clip_reader.h"

#include <algorithm>

#include "audio/pcm.h"
#include "audio/shard_clip.h"
#include "tensor/support/error.h"

namespace sonograd::train {

std::int64_t ClipSamples::length() const {
  const auto* const pcm = std::get_if<PcmClip>(&samples_);
  return pcm != nullptr ? static_cast<std::int64_t>(pcm->size())
                        : std::ssize(std::get<audio::Clip<float>>(samples_).samples);
}

std::int64_t ClipSamples::clipped() const {
  const auto* const pcm = std::get_if<PcmClip>(&samples_);
  return pcm != nullptr ? pcm->clipped() : 0;
}

const std::string& ClipSamples::warning() const {
  const auto* const pcm = std::get_if<PcmClip>(&samples_);
  return pcm != nullptr ? pcm->warning() : std::get<audio::Clip<float>>(samples_).warning;
}

void ClipSamples::copy(audio::Chunk chunk, audio::Pad pad, std::span<float> out) const {
  if (const audio::Chunk inside = audio::part_inside(chunk, length()); inside != chunk) {
    std::ranges::fill(out, 0.0f);
    return copy(inside, audio::Pad::zero,
                out.subspan(static_cast<std::size_t>(inside.start - chunk.start),
                            static_cast<std::size_t>(inside.length)));
  }
  if (const auto* const floats = std::get_if<audio::Clip<float>>(&samples_)) {
    audio::copy_chunk(floats->samples, chunk, pad, out);
    return;
  }
  std::vector<std::int16_t> pcm(std::min(static_cast<std::size_t>(chunk.length), out.size()));
  std::get<PcmClip>(samples_).copy(static_cast<std::size_t>(chunk.start), pcm);
  if (pcm.size() == out.size()) {
    audio::from_pcm16(pcm, out);
    return;
  }
  std::vector<float> part(pcm.size());
  audio::from_pcm16(pcm, part);
  audio::copy_chunk(part, {0, chunk.length}, pad, out);
}

PcmClip ClipReader::read_stored(const std::filesystem::path& clip) const {
  audio::StoredClip stored = audio::open_shard_clip(clip);
  if (stored.sample_rate != sample_rate_) {
    decodes_->store(true, std::memory_order_relaxed);
    return decode_pcm(clip, sample_rate_, limits_);
  }
  const std::uint64_t max_samples = limits_.max_bytes / sizeof(std::int16_t);
  if (stored.samples > max_samples)
    throw audio::ClipTooLong(clip, max_samples / static_cast<std::uint64_t>(sample_rate_));
  return {std::move(stored.file), stored.offset, stored.samples, stored.clipped, std::move(stored.warning)};
}

PcmClip ClipReader::read_pcm(const std::filesystem::path& clip) const {
  if (audio::is_shard_clip(clip)) return read_stored(clip);
  if (cache_ != nullptr) return cache_->get(clip, sample_rate_, limits_);
  decodes_->store(true, std::memory_order_relaxed);
  return decode_pcm(clip, sample_rate_, limits_);
}

ClipSamples ClipReader::read(const std::filesystem::path& clip) const {
  ClipSamples samples = pcm_ == models::Pcm::as_decoded
                            ? ClipSamples(audio::load_mono(clip, sample_rate_, limits_))
                            : ClipSamples(read_pcm(clip));
  if (samples.length() == 0) throw FormatError(concat(clip.string(), ": holds no samples"));
  return samples;
}

}  // namespace sonograd::train
