// Sound files as samples: the formats that libsndfile reads (wav, flac, ogg, opus, mp3, aiff, au, …), recognised by
// content and not by name; m4a, aac, wma and others, and files that libsndfile refuses, through an installed ffmpeg. Clips of
// prepared data (shard_clip.h) are read as they are.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace sonograd::audio {

/// Most channels of a file (third-order ambisonics has 16, large stage set-ups 64): a file that declares more is damaged
/// or malicious.
inline constexpr int kMaxChannels = 64;
/// Lowest sample rate of a file, in Hz: a fourth of what old hardware and speech codecs have. A header with less makes hours of
/// sound of a few kilobytes, and the filter of the resampler takes memory in proportion to the ratio of the rates.
inline constexpr int kMinSampleRate = 1000;
/// Highest sample rate of a file, in Hz: the highest rate of PCM converters.
inline constexpr int kMaxSampleRate = 768000;

/// Facts about a file that has been read to its end.
struct SourceReport {
  double seconds = 0;   ///< decoded duration
  double rms = 0;       ///< root mean square of all samples of all channels, full scale = 1
  std::string warning;  ///< damage of the file; empty: none
};

/// Name and version of the library that decodes; other versions may give other samples.
std::string decoder_version();

/// False when the beginning of a sound file, however long, cannot look like this one. Throws ReadError.
bool may_be_sound(const std::filesystem::path& beginning);

/// Reads a file forwards in bounded memory. A declared length is never trusted: joined files, chained streams and streams that
/// are longer than they declare are read to their end, and a warning reports sound that is left out. Samples are in [-1, 1] for
/// integer formats; float and lossy formats may exceed it. Samples that are not finite or beyond ±2^32 count as 0 and give a
/// warning; so do floats at the scale of integers. A damaged tail is a warning if a second or more came before it.
class Decoder {
 public:
  /// Throws ReadError (missing, unreadable, not a regular file) or FormatError (empty, not a known format, more
  /// than `kMaxChannels` channels, a rate outside `kMinSampleRate`…`kMaxSampleRate`, ffmpeg needed but not installed).
  explicit Decoder(const std::filesystem::path& path);
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  int channels() const;
  int sample_rate() const;  ///< Hz
  /// Number of frames in the header, which may be wrong; 0 when it states none.
  std::int64_t declared_frames() const;

  /// Writes the next frames, interleaved, and returns their number: as many as fit, fewer only at the end, after which
  /// every call returns 0. Throws FormatError on damage before one second was decoded.
  std::int64_t read(std::span<float> interleaved);
  /// Ends the reading before the end of the file, and returns the report on the frames read, at least one; damage behind them is not
  /// in it. Every later `read` returns 0. Throws FormatError when none of their samples is finite and in range.
  const SourceReport& stop();
  /// Valid after `read` has returned 0, and after `stop`.
  const SourceReport& report() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sonograd::audio
