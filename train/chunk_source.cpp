#include "train/chunk_source.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "audio/load.h"
#include "audio/pcm.h"

namespace sonograd::train {
namespace {

using audio::Chunk;
using Sink = std::function<void(std::span<const float>)>;

// A window over a stream: samples [start, start + data.size()).
class Window {
 public:
  Window(const std::filesystem::path& path, const ChunkRule& rule)
      : stream_(path, rule.sample_rate), keep_(rule.length), rounds_(rule.round_to_int16) {}

  /// Reads until sample `end` is inside, and forgets what lies before `start`, but never the last chunk's length: only
  /// the end of the stream tells where the clip ends. False when the stream ends before `end`.
  bool advance(std::int64_t start, std::int64_t end) {
    const std::int64_t forget = std::clamp<std::int64_t>(std::ssize(data_) - keep_, 0, start - start_);
    data_.erase(data_.begin(), data_.begin() + forget);
    start_ += forget;
    while (this->end() < end) {
      const std::span<const float> block = stream_.next();
      if (block.empty()) return false;
      for (const float sample : block) {
        data_.push_back(rounds_ ? audio::from_pcm16(audio::to_pcm16(sample)) : sample);
      }
    }
    return true;
  }

  std::int64_t end() const { return start_ + std::ssize(data_); }
  std::span<const float> samples(Chunk chunk) const {
    return std::span(data_).subspan(static_cast<std::size_t>(chunk.start - start_),
                                    static_cast<std::size_t>(chunk.length));
  }
  const audio::SourceReport& report() const { return stream_.report(); }

 private:
  audio::ClipStream stream_;
  std::int64_t keep_;
  bool rounds_;
  std::int64_t start_ = 0;
  std::vector<float> data_;
};

// The whole clip is inside the window and not longer than a chunk.
void pass_short_clip(const Window& window, const ChunkRule& rule, const Sink& sink) {
  std::vector<float> chunk(static_cast<std::size_t>(rule.length));
  audio::copy_chunk(window.samples({0, window.end()}), {0, window.end()}, rule.pad, chunk);
  sink(chunk);
}

std::int64_t length_of(const std::filesystem::path& path, int sample_rate) {
  audio::ClipStream stream(path, sample_rate);
  std::int64_t length = 0;
  for (auto block = stream.next(); !block.empty(); block = stream.next()) length += std::ssize(block);
  return length;
}

}  // namespace

ChunkRule ChunkRule::of(const models::ModelDescription& about) {
  return {.sample_rate = static_cast<int>(about.config.sample_rate),
          .length = about.config.samples,
          .hop = about.hop_samples == 0 ? about.config.samples : about.hop_samples,
          .count = 0,
          .pad = about.pad == models::ClipPad::zero ? audio::Pad::zero : audio::Pad::repeat,
          .round_to_int16 = about.pcm == models::Pcm::int16};
}

audio::SourceReport for_each_chunk(const std::filesystem::path& path, const ChunkRule& rule, const Sink& sink) {
  const auto positions = rule.count > 0 ? audio::equally_spaced_chunks(length_of(path, rule.sample_rate), rule.length,
                                                                       rule.count)
                                        : std::vector<Chunk>();
  Window window(path, rule);
  if (!window.advance(0, rule.length)) {
    pass_short_clip(window, rule, sink);
    return window.report();
  }
  if (rule.count > 0) {
    for (const Chunk chunk : positions) {
      window.advance(chunk.start, chunk.start + chunk.length);
      sink(window.samples(chunk));
    }
    window.advance(window.end(), std::numeric_limits<std::int64_t>::max());
    return window.report();
  }
  // Chunks at i * hop while they fit; what is left over is covered by one that ends with the clip.
  std::int64_t start = 0;
  do {
    sink(window.samples({start, rule.length}));
    start += rule.hop;
  } while (window.advance(start, start + rule.length));
  const std::int64_t covered = start - rule.hop + rule.length;
  if (window.end() > covered) sink(window.samples({window.end() - rule.length, rule.length}));
  return window.report();
}

}  // namespace sonograd::train
