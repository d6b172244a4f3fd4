#include "layers/log_mel.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "kernels/fused/log_mel/log_mel.h"
#include "kernels/round_half/round_half.h"
#include "layers/trace.h"

namespace sonograd::layers {
namespace {

LogMelOptions checked(LogMelOptions options) {
  const auto check = [](bool valid, std::string_view option, auto value, std::string_view range) {
    if (!valid) throw ConfigError(concat("[log_mel] ", option, " = ", value, ": expected ", range));
  };
  check(options.n_fft >= 1, "n_fft", options.n_fft, "at least 1");
  check(options.hop_length >= 1, "hop_length", options.hop_length, "at least 1");
  if (options.win_length == 0) options.win_length = options.n_fft;
  check(options.win_length >= 1 && options.win_length <= options.n_fft, "win_length", options.win_length,
        concat("1 to n_fft = ", options.n_fft));
  check(options.power == 1 || options.power == 2, "power", options.power, "1 or 2");
  check(options.db.amin > 0, "amin", options.db.amin, "a number above 0");
  check(options.db.ref > 0, "reference", options.db.ref, "a number above 0");
  check(!options.db.top_db || *options.db.top_db >= 0, "top_db", options.db.top_db.value_or(0), "at least 0");
  check(options.offset > 0, "offset", options.offset, "a number above 0");
  return options;
}

Tensor window_of(const LogMelOptions& options) {
  const std::int64_t length = options.win_length;
  if (options.window == WindowShape::hann && options.periodic) return kernels::hann_window(length);
  const double a = options.window == WindowShape::hann      ? 0.5
                   : options.window == WindowShape::hamming ? 0.54
                                                            : 1.0;
  const std::int64_t period = std::max<std::int64_t>(1, options.periodic ? length : length - 1);
  const Tensor window = Tensor::empty({length}, DType::f64);
  for (std::int64_t i = 0; i < length; ++i) {
    const double turn = static_cast<double>(i) / static_cast<double>(period);
    window.data<double>()[i] = length == 1 ? 1 : a - (1 - a) * std::cos(2 * std::numbers::pi * turn);
  }
  return window.to(DType::f32);
}

Tensor filter_bank(const LogMelOptions& options) {
  return kernels::mel_filter_bank({.sample_rate = static_cast<double>(options.sample_rate),
                                   .n_fft = options.n_fft,
                                   .n_mels = options.n_mels,
                                   .f_min = options.f_min,
                                   .f_max = options.f_max,
                                   .scale = options.mel_scale,
                                   .norm = options.mel_norm});
}

kernels::StftOptions stft_of(const LogMelOptions& options) {
  return {.n_fft = options.n_fft,
          .hop_length = options.hop_length,
          .center = options.center,
          .pad_mode = options.pad_mode};
}

bool one_pass(const LogMelOptions& options) {
  return options.power == 2 && options.compression == Compression::decibel &&
         options.band_type == BandType::float32 && !options.db.top_db && !options.below_maximum;
}

// ln(a x + b).
Variable log_of(const Tensor& x, double a, double b) {
  const Variable offset(Tensor::full({x.shape()[-1]}, b, x.dtype(), x.device()));
  return log(add(a == 1 ? Variable(x) : scale(Variable(x), a), offset));
}

// 10 log10(x); `top_db` counts from the maximum of each example, and the whole level `below_maximum`.
Tensor decibels(const Tensor& x, const kernels::DbOptions& options, bool below_maximum = false) {
  const Tensor y = Tensor::empty(x.shape(), x.dtype(), x.device());
  const std::int64_t examples = options.top_db ? x.shape()[0] : 1,
                     rows = x.shape()[0] / std::max<std::int64_t>(1, examples);
  for (std::int64_t n = 0; n < examples; ++n)
    kernels::power_to_db(x.rows(n * rows, rows), options, set(y.rows(n * rows, rows)));
  if (!below_maximum) return y;
  const Variable level(y);
  return sub(level, max(level, {1, 2}, true)).data();
}

}  // namespace

LogMel::LogMel(const LogMelOptions& options)
    : options_(checked(options)),
      window_(*this, "spectrogram.window", window_of(options_), StateKind::front_end),
      filter_bank_(*this, "mel_scale.fb", filter_bank(options_), StateKind::front_end) {}

// Mel bands of waveforms [N, T]: [N, frames, n_mels].
Tensor LogMel::bands(const Tensor& waveforms) const {
  const auto p = kernels::StftProblem::make(waveforms.shape(), window_.numel(), stft_of(options_));
  Tensor spectrum = Tensor::empty(p.power_shape(), DType::f32, waveforms.device());
  kernels::power_spectrogram(p, waveforms, window_, set(spectrum));
  if (options_.power == 1) spectrum = sqrt(Variable(spectrum)).data();
  const auto mel = kernels::MelProblem::make(spectrum.shape(), filter_bank_.shape());
  const Tensor y = Tensor::empty(mel.output, DType::f32, waveforms.device());
  kernels::mel_project(mel, spectrum, filter_bank_, set(y));
  if (options_.band_type == BandType::float16) kernels::round_half(y, set(y));
  return y;
}

Tensor LogMel::compressed(const Tensor& bands) const {
  switch (options_.compression) {
    case Compression::decibel:
      return decibels(bands, options_.db, options_.below_maximum);
    case Compression::amplitude_decibel: {
      kernels::DbOptions half = options_.db;
      if (half.top_db) *half.top_db /= 2;
      return scale(Variable(decibels(bands, half, options_.below_maximum)), 2).data();
    }
    case Compression::natural:
      return log_of(bands, 1, options_.offset).data();
    case Compression::natural_clamped:
      return scale(Variable(decibels(bands, {.amin = options_.db.amin})), std::numbers::ln10 / 10).data();
    case Compression::log10_scaled:
      return scale(log_of(bands, 10000, 1), 1 / std::numbers::ln10).data();
    case Compression::none:
      break;
  }
  return bands;
}

Tensor LogMel::forward(const Tensor& waveforms) const {
  TraceScope trace(*this, "log_mel ", options_.n_fft, "/", options_.hop_length);
  Tensor y;
  if (one_pass(options_)) {
    const auto p =
        kernels::LogMelProblem::make(waveforms, window_, filter_bank_, stft_of(options_), options_.db);
    y = Tensor::empty(p.output_shape(), DType::f32, waveforms.device());
    kernels::log_mel(p, waveforms, window_, filter_bank_, set(y));
  } else {
    y = compressed(bands(waveforms));
  }
  const Shape map = {y.shape()[0], y.shape()[1], y.shape()[2], 1};
  return trace.output(Variable(y.reshape(map))).data();
}

}  // namespace sonograd::layers
