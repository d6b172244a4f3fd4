#include "audio/load.h"

#include <algorithm>
#include <type_traits>

#include "audio/mix.h"
#include "audio/pcm.h"
#include "tensor/support/error.h"

namespace sonograd::audio {
namespace {

/// Samples of a block, before and after resampling.
constexpr std::int64_t kBlock = 32768;
/// Most memory that is reserved because of a header, which may be wrong. An hour of floats at 16 kHz fits.
constexpr std::int64_t kMaxReservedBytes = std::int64_t{256} << 20;

/// Frames to decode at a time, so that a block is small at both rates.
std::int64_t frames_per_block(int from, int to) {
  return std::clamp<std::int64_t>(kBlock * from / to, 1, kBlock);
}

std::int64_t append(std::span<const float> block, std::vector<float>& samples) {
  samples.insert(samples.end(), block.begin(), block.end());
  return 0;
}

std::int64_t append(std::span<const float> block, std::vector<std::int16_t>& samples) {
  samples.resize(samples.size() + block.size());
  return to_pcm16(block, std::span(samples).last(block.size()));
}

template <class Sample>
Clip<Sample> load(const std::filesystem::path& path, int sample_rate, LoadLimits limits) {
  constexpr std::int64_t kReserved = kMaxReservedBytes / std::int64_t{sizeof(Sample)};
  const std::size_t max_samples = limits.max_bytes / sizeof(Sample);
  ClipStream stream(path, sample_rate);
  Clip<Sample> clip{.samples = {}, .sample_rate = sample_rate};
  const auto declared = static_cast<std::size_t>(std::min(stream.declared_samples(), kReserved));
  if (declared <= max_samples) clip.samples.reserve(declared);
  for (auto block = stream.next(); !block.empty(); block = stream.next()) {
    if (block.size() > max_samples - clip.samples.size())
      throw ClipTooLong(path, max_samples / static_cast<std::size_t>(sample_rate));
    clip.clipped += append(block, clip.samples);
  }
  static_cast<SourceReport&>(clip) = stream.report();
  return clip;
}

}  // namespace

LoadLimits LoadLimits::shared_by(std::size_t clips, std::uint64_t max_bytes) {
  LoadLimits limits;
  limits.max_bytes = static_cast<std::size_t>(
      std::min<std::uint64_t>(limits.max_bytes, max_bytes / std::max<std::size_t>(1, clips)));
  return limits;
}

ClipStream::ClipStream(const std::filesystem::path& path, int sample_rate)
    : decoder_(path), sample_rate_(sample_rate), resampler_(decoder_.sample_rate(), sample_rate) {
  const std::int64_t frames = frames_per_block(decoder_.sample_rate(), sample_rate);
  frames_.resize(static_cast<std::size_t>(frames * decoder_.channels()));
  mono_.resize(static_cast<std::size_t>(frames));
}

std::int64_t ClipStream::declared_samples() const {
  return resampled_length(decoder_.declared_frames(), decoder_.sample_rate(), sample_rate_);
}

std::span<const float> ClipStream::next() {
  block_.clear();
  while (block_.empty() && !ended_) {
    const auto mono = std::span(mono_).first(static_cast<std::size_t>(decoder_.read(frames_)));
    mix_to_mono(frames_, decoder_.channels(), mono);
    resampler_.process(mono, block_);
    if (mono.empty()) {
      resampler_.finish(block_);
      ended_ = true;
    }
  }
  return block_;
}

Clip<float> load_mono(const std::filesystem::path& path, int sample_rate, LoadLimits limits) {
  return load<float>(path, sample_rate, limits);
}

Clip<std::int16_t> load_mono_pcm16(const std::filesystem::path& path, int sample_rate, LoadLimits limits) {
  return load<std::int16_t>(path, sample_rate, limits);
}

ClipPart load_mono_part(const std::filesystem::path& path, int sample_rate, std::int64_t first,
                        std::int64_t count, const std::function<void()>& block_read) {
  ClipStream stream(path, sample_rate);
  ClipPart part;
  while (part.decoded - first < count) {
    const auto block = stream.next();
    if (block.empty()) break;
    const std::int64_t before = first - part.decoded, length = std::ssize(block);
    const std::int64_t begin = std::clamp<std::int64_t>(before, 0, length);
    const std::int64_t end = begin + std::min(length - begin, count - std::ssize(part.samples));
    part.samples.insert(part.samples.end(), block.begin() + begin, block.begin() + end);
    part.decoded += length;
    if (block_read) block_read();
  }
  static_cast<SourceReport&>(part) = stream.stop();
  return part;
}

}  // namespace sonograd::audio
