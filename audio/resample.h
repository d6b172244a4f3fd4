// Change of sample rate, by libsoxr's high-quality (20-bit) band-limited, linear-phase interpolation.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

struct soxr;

namespace sonograd::audio {

/// Samples that `samples` at rate `from` become at rate `to`: samples·to / from, rounded up, so that a clip
/// with samples never becomes empty.
std::int64_t resampled_length(std::int64_t samples, int from, int to);

/// A stream of mono samples at rate `from` (Hz) turned into one at rate `to`. Output sample k lies at the
/// time of input sample k·from / to; beyond its ends the input counts as silence. Equal rates pass unchanged.
class Resampler {
 public:
  /// Throws ConfigError unless both rates lie in 1…kMaxSampleRate.
  Resampler(int from, int to);

  /// Appends to `output` what `input` makes computable. How the input is cut into calls changes no output
  /// sample.
  void process(std::span<const float> input, std::vector<float>& output);
  /// Appends the rest: in total `resampled_length` of all input. Call once, last.
  void finish(std::vector<float>& output);

 private:
  void feed(std::span<const float> input, std::vector<float>& output);

  int from_;
  int to_;
  std::int64_t consumed_ = 0;
  std::int64_t produced_ = 0;
  std::unique_ptr<soxr, void (*)(soxr*)> soxr_;
};

/// The whole of `input` at once.
std::vector<float> resample(std::span<const float> input, int from, int to);

}  // namespace sonograd::audio
