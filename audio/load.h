// Mono samples of a file at the sample rate of a model: decode, mean of the channels, resample.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <vector>

#include "audio/decode.h"
#include "audio/resample.h"
#include "tensor/support/error.h"

namespace sonograd::audio {

/// Reads a file of any length as mono blocks, in memory that does not grow with it.
class ClipStream {
 public:
  /// `sample_rate` in Hz. Throws as Decoder and Resampler do.
  ClipStream(const std::filesystem::path& path, int sample_rate);

  /// The next samples, valid until the next call; empty at the end. Throws as Decoder::read does.
  std::span<const float> next();
  /// Number of samples according to the header, which may be wrong; 0 when it states none.
  std::int64_t declared_samples() const;
  /// Ends the reading before the end of the file, once a block has been read. Throws as Decoder::stop does.
  const SourceReport& stop() { return decoder_.stop(); }
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

/// Limits of a clip in memory.
struct LoadLimits {
  /// Largest clip in bytes of samples (an hour of silence is half a megabyte of flac). The default holds four and a half
  /// hours of floats at 16 kHz.
  std::size_t max_bytes = std::size_t{1} << 30;

  /// The default, or less where `clips` at a time would take more than `max_bytes` together.
  static LoadLimits shared_by(std::size_t clips, std::uint64_t max_bytes);
};

/// A clip beyond the limit of clips in memory.
class ClipTooLong : public FormatError {
 public:
  ClipTooLong(const std::filesystem::path& path, std::size_t seconds)
      : FormatError(concat(path.string(), ": longer than ", seconds, " s, the limit for a clip in memory")) {}
};

/// A whole file in memory; `Sample` is float or int16 (pcm.h).
template <class Sample>
struct Clip : SourceReport {
  std::vector<Sample> samples;
  int sample_rate = 0;       ///< Hz
  std::int64_t clipped = 0;  ///< samples that were outside the range of int16
};

/// Load a whole file as mono samples at `sample_rate` Hz. Throw as ClipStream does, and ClipTooLong for a clip beyond the
/// limits.
Clip<float> load_mono(const std::filesystem::path& path, int sample_rate, LoadLimits limits = {});
Clip<std::int16_t> load_mono_pcm16(const std::filesystem::path& path, int sample_rate,
                                   LoadLimits limits = {});

/// A part of a file in memory. The report is about the file from its beginning to the end of what was decoded.
struct ClipPart : SourceReport {
  std::vector<float> samples;
  /// Samples from the beginning of the file to the end of what was decoded: its length, where `samples` has fewer than were requested.
  std::int64_t decoded = 0;
};

/// Samples [first, first + count) of what `load_mono` returns, bit for bit, or as many of them as there are; first >= 0, count >= 1.
/// Memory grows with `count` alone, and nothing behind the part is decoded. Calls `block_read` after every block; what that throws
/// ends the work. Throws as ClipStream does.
ClipPart load_mono_part(const std::filesystem::path& path, int sample_rate, std::int64_t first,
                        std::int64_t count, const std::function<void()>& block_read = {});

}  // namespace sonograd::audio
