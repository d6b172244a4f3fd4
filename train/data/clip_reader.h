// Clips of a data set as samples: from prepared data, from the cache, or from the decoder.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "audio/chunks.h"
#include "audio/load.h"
#include "models/core/description.h"
#include "train/data/pcm_cache.h"

namespace sonograd::train {

/// All samples of one clip, mono.
class ClipSamples {
 public:
  explicit ClipSamples(PcmClip pcm) : samples_(std::move(pcm)) {}
  explicit ClipSamples(audio::Clip<float> clip) : samples_(std::move(clip)) {}

  std::int64_t length() const;
  /// Number of samples outside the range of 16 bits, which were clipped.
  std::int64_t clipped() const;
  /// Damage of a file that could be read all the same; empty: none.
  const std::string& warning() const;
  /// A chunk of the clip as floats in [-1, 1], padded to the size of `out`. Throws ReadError as PcmClip::copy does.
  void copy(audio::Chunk chunk, audio::Pad pad, std::span<float> out) const;

 private:
  std::variant<PcmClip, audio::Clip<float>> samples_;
};

/// Clips that are in memory at a time where `threads` threads read ahead: those that are read, and those that wait.
inline std::size_t clips_at_a_time(int threads) {
  return 3 * static_cast<std::size_t>(threads) + 1;
}

/// Reads clips at one sample rate. Clips of prepared data are read from their shards, and resampled where they have another rate;
/// they do not go into the cache. Safe to use from several threads.
class ClipReader {
 public:
  /// `sample_rate` in Hz. `cache` may be null, must outlive the reader, and serves 16-bit samples only. `limits`: of each clip.
  ClipReader(int sample_rate, models::Pcm pcm, PcmCache* cache, audio::LoadLimits limits = {})
      : sample_rate_(sample_rate), pcm_(pcm), cache_(cache), limits_(limits) {}

  int sample_rate() const { return sample_rate_; }
  models::Pcm pcm() const { return pcm_; }
  /// Whether all clips read so far can be read again without the decoder.
  bool is_cached() const {
    return pcm_ == models::Pcm::int16 && !decodes_->load(std::memory_order_relaxed) &&
           (cache_ == nullptr || cache_->warning().empty());
  }

  /// Throws as audio::load_mono does (ClipTooLong included), and FormatError for a clip without samples.
  ClipSamples read(const std::filesystem::path& clip) const;

 private:
  PcmClip read_stored(const std::filesystem::path& clip) const;
  PcmClip read_pcm(const std::filesystem::path& clip) const;

  int sample_rate_;
  models::Pcm pcm_;
  PcmCache* cache_;
  audio::LoadLimits limits_;
  /// Whether a clip was decoded or resampled that is not in the cache now.
  std::shared_ptr<std::atomic<bool>> decodes_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace sonograd::train
