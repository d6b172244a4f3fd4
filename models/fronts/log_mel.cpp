#include "models/fronts/log_mel.h"

#include "models/core/value_ranges.h"
#include "tensor/support/error.h"

namespace sonograd::models {

void LogMelFront::list(OptionList& all) {
  using layers::Compression;
  using layers::WindowShape;
  all.add("front_end.sample_rate", mel.sample_rate, {1000, 192000}, "sample rate of the input in Hz");
  all.add("samples", samples, {256, 1 << 26}, "chunk length in samples");
  all.add("front_end.n_fft", mel.n_fft, {16, 16384}, "window and transform length in samples");
  all.add("front_end.hop_length", mel.hop_length, {1, 16384}, "samples between frames");
  all.add("front_end.n_mels", mel.n_mels, {1, 1024}, "mel bands");
  all.add("front_end.f_min", mel.f_min, {0, 96000}, "lowest mel frequency in Hz");
  all.add("front_end.f_max", mel.f_max, {1, 96000}, "highest mel frequency in Hz");
  all.add("front_end.win_length", mel.win_length, {0, 16384}, "samples of the window; 0: n_fft");
  all.add("front_end.window", mel.window,
          {{"hann", WindowShape::hann},
           {"hamming", WindowShape::hamming},
           {"rectangular", WindowShape::rectangular}},
          "shape of the window");
  all.add("front_end.periodic", mel.periodic, "periodic window, else symmetric");
  all.add("front_end.center", mel.center, "frames centred on their sample, else they begin there");
  all.add("front_end.pad_mode", mel.pad_mode,
          {{"reflect", kernels::PadMode::reflect}, {"zero", kernels::PadMode::zero}},
          "samples beyond the ends of a chunk, for centred frames");
  all.add("front_end.power", mel.power, {1, 2}, "exponent of the magnitude of the spectrum");
  all.add("front_end.mel_scale", mel.mel_scale,
          {{"htk", kernels::MelScale::htk}, {"slaney", kernels::MelScale::slaney}},
          "formula of the mel scale");
  all.add("front_end.mel_norm", mel.mel_norm,
          {{"none", kernels::MelNorm::none}, {"slaney", kernels::MelNorm::slaney}},
          "height of the bands: 1, or equal areas");
  all.add("front_end.compression", mel.compression,
          {{"decibel", Compression::decibel},
           {"amplitude_decibel", Compression::amplitude_decibel},
           {"natural", Compression::natural},
           {"log10_scaled", Compression::log10_scaled},
           {"none", Compression::none}},
          "function of a band x: 10 log10(x), 20 log10(x), ln(x + offset), log10(10000 x + 1) or x");
  all.add("front_end.amin", mel.db.amin, {1e-30, 1}, "smallest x of the decibels");
  all.add("front_end.reference", mel.db.ref, {1e-30, 1e30}, "x that is 0 decibels");
  all.add("front_end.top_db", mel.db.top_db, 1e30, "range of the decibels below the maximum; 0: unlimited");
  all.add("front_end.offset", mel.offset, {1e-30, 1}, "offset inside the natural logarithm");
}

Input LogMelFront::input() const {
  const double per_sample = static_cast<double>(mel.n_mels) / static_cast<double>(mel.hop_length);
  const auto refuse = [&](double values, double most, std::string_view of) {
    if (values <= most) return;
    throw ConfigError(concat("front_end.n_mels = ", mel.n_mels,
                             " with front_end.hop_length = ", mel.hop_length, " makes ", values, " values ",
                             of, ": at most ", most, " are possible"));
  };
  refuse(per_sample * static_cast<double>(samples), kMostMapValues, concat("of model.samples = ", samples));
  refuse(per_sample * static_cast<double>(mel.sample_rate), kMostMapValuesPerSecond, "a second");
  return {.sample_rate = mel.sample_rate, .samples = samples};
}

void LogMelFront::read_sizes(const io::NamedTensors& weights, std::string_view layer) {
  const Tensor* const bank = weights.find(concat(layer, ".mel_scale.fb"));
  if (bank == nullptr || bank->shape().rank() != 2) return;
  mel.n_fft = 2 * (bank->shape()[0] - 1);
  mel.n_mels = bank->shape()[1];
  const Tensor* const window = weights.find(concat(layer, ".spectrogram.window"));
  if (window == nullptr || window->shape().rank() != 1) return;
  mel.win_length = window->shape()[0] == mel.n_fft ? 0 : window->shape()[0];
}

}  // namespace sonograd::models
