// From a file to mono samples at the rate a model wants: decode, mean of the channels, resample.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "audio/decode.h"
#include "audio/resample.h"

namespace sonograd::audio {

/// Reads a file of any length as mono blocks, in memory that does not grow with it.
class ClipStream {
 public:
  /// `sample_rate` in Hz. Throws as Decoder and Resampler do.
  ClipStream(const std::filesystem::path& path, int sample_rate);

  /// The next samples, valid until the next call; empty at the end. Throws as Decoder::read does.
  std::span<const float> next();
  /// Samples to come according to the header, 0 when it says nothing. May be wrong.
  std::int64_t declared_samples() const;
  /// Valid at the end.
  const SourceReport& report() const { return decoder_.report(); }

 private:
  Decoder decoder_;
  int sample_rate_;
  Resampler resampler_;
  std::vector<float> frames_;
  std::vector<float> mono_;
  std::vector<float> block_;
  bool ended_ = false;
};

struct LoadLimits {
  /// A clip that needs more memory is refused (an hour of silence is half a megabyte of flac). The default
  /// holds four and a half hours of floats at 16 kHz.
  std::size_t max_bytes = std::size_t{1} << 30;
};

/// A whole file in memory; `Sample` is float or int16 (pcm.h).
template <class Sample>
struct Clip : SourceReport {
  std::vector<Sample> samples;
  int sample_rate = 0;       ///< Hz
  std::int64_t clipped = 0;  ///< samples that int16 could not hold
};

/// Throw as ClipStream does, and FormatError for a clip beyond the limits.
Clip<float> load_mono(const std::filesystem::path& path, int sample_rate, LoadLimits limits = {});
Clip<std::int16_t> load_mono_pcm16(const std::filesystem::path& path, int sample_rate,
                                   LoadLimits limits = {});

}  // namespace sonograd::audio
