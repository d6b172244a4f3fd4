// Change of sample rate, by libsoxr's high-quality (20-bit) band-limited, linear-phase interpolation.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

struct soxr;

namespace sonograd::audio {

/// Number of samples at rate `to` for `samples` at rate `from`: samples·to / from, rounded up, so that a clip with
/// samples never becomes empty.
std::int64_t resampled_length(std::int64_t samples, int from, int to);

/// Converts a stream of mono samples from rate `from` to rate `to` (Hz). Output sample k is at the time of input sample
/// k·from / to; beyond its ends the input counts as silence. At equal rates samples pass unchanged.
class Resampler {
 public:
  /// Throws ConfigError unless both rates lie in 1…kMaxSampleRate.
  Resampler(int from, int to);

  /// Appends to `output` the samples that follow from the input so far. The division of the input into calls does not
  /// change the output.
  void process(std::span<const float> input, std::vector<float>& output);
  /// Appends the remaining samples, `resampled_length` of the whole input in all. To be called once, after the last input.
  void finish(std::vector<float>& output);

 private:
  void feed(std::span<const float> input, std::vector<float>& output);

  int from_;
  int to_;
  std::int64_t consumed_ = 0;
  std::int64_t produced_ = 0;
  std::unique_ptr<soxr, void (*)(soxr*)> soxr_;
};

/// `input` at rate `from`, converted to rate `to` in one call. Throws as Resampler does.
std::vector<float> resample(std::span<const float> input, int from, int to);

}  // namespace sonograd::audio
