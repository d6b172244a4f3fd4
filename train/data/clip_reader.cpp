#include "train/data/clip_reader.h"

#include <algorithm>

#include "audio/pcm.h"
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

ClipSamples ClipReader::read(const std::filesystem::path& clip) const {
  ClipSamples samples = pcm_ == models::Pcm::as_decoded
                            ? ClipSamples(audio::load_mono(clip, sample_rate_, limits_))
                            : ClipSamples(cache_ != nullptr ? cache_->get(clip, sample_rate_, limits_)
                                                            : decode_pcm(clip, sample_rate_, limits_));
  if (samples.length() == 0) throw FormatError(concat(clip.string(), ": holds no samples"));
  return samples;
}

}  // namespace sonograd::train
