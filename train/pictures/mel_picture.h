// The log-mel spectrogram of a clip of any length as a picture of limited width.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "audio/features.h"
#include "train/pictures/picture.h"

namespace sonograd::train {

/// Takes samples block by block. Whenever the columns become too many, neighbours are merged, so memory does
/// not grow with the clip and its length need not be known.
class MelPicture {
 public:
  /// `sample_rate` in Hz; `max_columns` >= 2.
  MelPicture(double sample_rate, std::int64_t max_columns);

  void add(std::span<const float> samples);
  /// Samples added so far.
  std::int64_t samples() const { return samples_; }
  /// Time to the right, pitch (mel) upwards; 255 is the loudest cell and 0 is kRangeDb or more below it. Call
  /// once, at the end.
  Picture finish();

  static constexpr std::int64_t kBands = 96;
  static constexpr double kRangeDb = 80;

 private:
  void transform();
  void add_frame(std::span<const float> power);
  void close_column();

  audio::MelSpectrogramOptions options_;
  std::int64_t max_columns_;
  std::int64_t samples_ = 0;
  std::vector<float> pending_;  ///< samples from the start of the next frame on
  std::int64_t frames_per_column_ = 1;
  std::int64_t open_frames_ = 0;  ///< in `open_`
  std::vector<float> open_;       ///< [kBands]: sum of the frames of the column that is being filled
  std::vector<float> columns_;    ///< [columns, kBands]: mean power
};

struct FilePicture {
  Picture mel;
  std::int64_t samples = 0;  ///< decoded length at the requested rate
};

/// The picture of a sound file, resampled to `sample_rate`. Throws as audio::ClipStream does.
FilePicture mel_picture_of(const std::filesystem::path& file, int sample_rate, std::int64_t max_columns);

}  // namespace sonograd::train
