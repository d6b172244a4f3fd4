// The front end of the musicnn library: patches of the log-mel map of a whole clip.
#pragma once

#include "audio/chunks.h"
#include "models/fronts/log_mel.h"

namespace sonograd::models {

/// A LogMelFront whose chunks are those samples that the frames of a patch lie in, without a part beyond them: the next patch
/// begins with the next frame, and its chunk overlaps this one by the part that two frames share. With `context` the frames are
/// those of the clip with as many zeros at both ends: n_fft / 2 for frames that are centred on their sample, as in librosa.
struct LogMelPatches : LogMelFront {
  std::int64_t context = 256;            ///< zeros before the beginning and behind the end of a clip
  audio::Tail tail = audio::Tail::drop;  ///< frames behind the last whole patch

  /// librosa.feature.melspectrogram of 0.10, bands in float16, log10(10000 x + 1), patches of 187 frames: 3 s at 16 kHz.
  static LogMelPatches musicnn();

  void list(OptionList& all);
  Input input() const;

  static std::vector<std::string> dialects();
  static std::vector<std::string> complete(const OptionTable& options, const FrontEndSource& source,
                                           OptionValues& values);
};

}  // namespace sonograd::models
