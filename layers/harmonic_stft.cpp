#include "layers/harmonic_stft.h"

#include "autograd/ops/copy.h"
#include "autograd/ops/harmonic_filters.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/power_to_db.h"
#include "layers/trace.h"

namespace sonograd::layers {
namespace {

HarmonicStftOptions checked_harmonic(const HarmonicStftOptions& options) {
  const auto check = [](bool valid, std::string_view option, auto value, std::string_view range) {
    if (!valid) throw ConfigError(concat("[harmonic_stft] ", option, " = ", value, ": expected ", range));
  };
  check(options.n_fft >= 2, "n_fft", options.n_fft, "at least 2");
  check(options.hop_length >= 1, "hop_length", options.hop_length, "at least 1");
  check(options.power == 1 || options.power == 2, "power", options.power, "1 or 2");
  check(options.amin > 0, "amin", options.amin, "a number above 0");
  return options;
}

}  // namespace

HarmonicStft::HarmonicStft(const HarmonicStftOptions& options)
    : options_(checked_harmonic(options)),
      q_(*this, "bw_Q", Tensor::full({1}, 1), FileLayout::same, ParameterStorage::as_float32),
      window_(*this, "spec.window", kernels::hann_window(options.n_fft), StateKind::front_end),
      centres_(*this, "centres",
               kernels::harmonic_centres(options.notes, static_cast<double>(options.sample_rate)),
               StateKind::constant) {}

Tensor HarmonicStft::spectrum(const Tensor& waveforms) const {
  const kernels::StftOptions stft = {.n_fft = options_.n_fft,
                                     .hop_length = options_.hop_length,
                                     .center = options_.center,
                                     .pad_mode = options_.pad_mode};
  const auto p = kernels::StftProblem::make(waveforms.shape(), window_.numel(), stft);
  const Tensor power = Tensor::empty(p.power_shape(), DType::f32, waveforms.device());
  kernels::power_spectrogram(p, waveforms, window_, set(power));
  return options_.power == 1 ? sqrt(Variable(power)).data() : power;
}

Variable HarmonicStft::forward(const Variable& spectrum) const {
  TraceScope trace(*this, "harmonic_filters ", filters(), " x ", options_.notes.harmonics);
  const double bin_width = static_cast<double>(options_.sample_rate) / static_cast<double>(options_.n_fft);
  const bool is_bf16 = spectrum.dtype() == DType::bf16;
  const Variable filtered =
      harmonic_filters(is_bf16 ? sonograd::convert(spectrum, DType::f32) : spectrum, centres_, q_, bin_width);
  const Variable decibels = power_to_db(filtered, {.amin = options_.amin});
  const Variable y = options_.power == 1 ? scale(decibels, 2) : decibels;
  return trace.output(is_bf16 ? sonograd::convert(y, DType::bf16) : y);
}

}  // namespace sonograd::layers
