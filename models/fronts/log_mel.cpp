#include "models/fronts/log_mel.h"

#include "tensor/support/error.h"

namespace sonograd::models {

void LogMelFront::list(OptionList& all) {
  all.add("front_end.sample_rate", sample_rate, {1000, 192000}, "sample rate of the input in Hz");
  all.add("samples", samples, {256, 1 << 26}, "chunk length in samples");
  all.add("front_end.n_fft", n_fft, {16, 16384}, "window and transform length in samples");
  all.add("front_end.hop_length", hop_length, {1, 16384}, "samples between frames");
  all.add("front_end.n_mels", n_mels, {1, 1024}, "mel bands");
  all.add("front_end.f_min", f_min, {0, 96000}, "lowest mel frequency in Hz");
  all.add("front_end.f_max", f_max, {1, 96000}, "highest mel frequency in Hz");
}

layers::LogMelOptions LogMelFront::sizes() const {
  return {.sample_rate = sample_rate,
          .n_fft = n_fft,
          .hop_length = hop_length,
          .n_mels = n_mels,
          .f_min = f_min,
          .f_max = f_max};
}

void LogMelFront::read_sizes(const io::NamedTensors& weights, std::string_view layer) {
  const Tensor* const bank = weights.find(concat(layer, ".mel_scale.fb"));
  if (bank == nullptr || bank->shape().rank() != 2) return;
  n_fft = 2 * (bank->shape()[0] - 1);
  n_mels = bank->shape()[1];
}

}  // namespace sonograd::models
