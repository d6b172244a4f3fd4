#include "models/fronts/log_mel_patches.h"

namespace sonograd::models {

LogMelPatches LogMelPatches::musicnn() {
  constexpr std::int64_t kFrames = 187;
  LogMelPatches front;
  front.mel.center = false;
  front.mel.pad_mode = kernels::PadMode::zero;
  front.mel.mel_scale = kernels::MelScale::slaney;
  front.mel.mel_norm = kernels::MelNorm::slaney;
  front.mel.band_type = layers::BandType::float16;
  front.mel.compression = layers::Compression::log10_scaled;
  front.samples = (kFrames - 1) * front.mel.hop_length + front.mel.n_fft;
  front.context = front.mel.n_fft / 2;
  return front;
}

void LogMelPatches::list(OptionList& all) {
  LogMelFront::list(all);
  all.add("context", context, {0, 16384},
          "zeros before the beginning and behind the end of a clip, in samples");
  all.add("tail", tail, {{"align", audio::Tail::align}, {"drop", audio::Tail::drop}},
          "rest of a clip behind its last whole chunk: one more chunk, moved back to the end, or nothing");
}

Input LogMelPatches::input() const {
  Input input = LogMelFront::input();
  if (!mel.center) input.hop = frames() * mel.hop_length;
  input.context = context;
  input.tail = tail;
  return input;
}

std::vector<std::string> LogMelPatches::dialects() {
  return {std::string(kPublished)};
}

std::vector<std::string> LogMelPatches::complete(const OptionTable& options, const FrontEndSource& source,
                                                 OptionValues& values) {
  return take_given(options, source, values);
}

}  // namespace sonograd::models
