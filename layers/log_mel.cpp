#include "layers/log_mel.h"

#include "kernels/fused/log_mel/log_mel.h"
#include "layers/trace.h"

namespace sonograd::layers {
namespace {

Tensor filter_bank(const LogMelOptions& options) {
  return kernels::mel_filter_bank({.sample_rate = static_cast<double>(options.sample_rate),
                                   .n_fft = options.n_fft,
                                   .n_mels = options.n_mels,
                                   .f_min = options.f_min,
                                   .f_max = options.f_max});
}

}  // namespace

LogMel::LogMel(const LogMelOptions& options)
    : options_(options),
      window_(*this, "spectrogram.window", kernels::hann_window(options.n_fft), StateKind::front_end),
      filter_bank_(*this, "mel_scale.fb", filter_bank(options), StateKind::front_end) {}

Tensor LogMel::forward(const Tensor& waveforms) const {
  TraceScope trace(*this, "log_mel ", options_.n_fft, "/", options_.hop_length);
  const kernels::StftOptions stft = {.n_fft = options_.n_fft, .hop_length = options_.hop_length};
  const auto p = kernels::LogMelProblem::make(waveforms, window_, filter_bank_, stft, {});
  const Tensor y = Tensor::empty(p.output_shape(), DType::f32, waveforms.device());
  kernels::log_mel(p, waveforms, window_, filter_bank_, set(y));
  const Shape map = {y.shape()[0], y.shape()[1], y.shape()[2], 1};
  return trace.output(Variable(y.reshape(map))).data();
}

}  // namespace sonograd::layers
