#include "models/fronts/sox_spectrogram.h"

#include <cmath>
#include <numbers>

#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/power_to_db.h"
#include "autograd/ops/reduce.h"
#include "kernels/stft/stft.h"
#include "layers/trace.h"
#include "models/core/value_ranges.h"
#include "tensor/support/error.h"

namespace sonograd::models {
namespace {

// Symmetric Hann window with a sum of 2.
Tensor sox_window(std::int64_t length) {
  const Tensor window = Tensor::empty({length}, DType::f64);
  double sum = 0;
  for (std::int64_t i = 0; i < length; ++i) {
    const double turn = static_cast<double>(i) / static_cast<double>(length - 1);
    sum += window.data<double>()[i] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * turn);
  }
  for (double& value : window.span<double>()) value *= 2 / sum;
  return window.to(DType::f32);
}

}  // namespace

void SoxFront::list(OptionList& all) {
  all.add("front_end.sample_rate", sample_rate, {1000, 192000}, "sample rate of the input in Hz");
  all.add("samples", samples, {256, 1 << 26}, "chunk length in samples");
  all.add("front_end.n_fft", n_fft, {16, 16384}, "window and transform length in samples");
  all.add("front_end.hop_length", hop_length, {1, 16384}, "samples between spectra");
  all.add("front_end.spectra", spectra, {1, 1024}, "spectra whose mean power is a column");
  all.add("front_end.range", range, {1, 300}, "decibels below full scale that are 0; full scale is 1");
}

Input SoxFront::input() const {
  check_map_values(concat("front_end.n_fft = ", n_fft, " with front_end.hop_length = ", hop_length, " makes"),
                   static_cast<double>(rows()) / static_cast<double>(hop_length), samples, sample_rate);
  return {.sample_rate = sample_rate, .samples = samples};
}

FeatureAxes SoxFront::axes() const {
  const auto step = static_cast<double>(hop_length * spectra);
  FeatureAxes axes = {.unit = FeatureUnit::compressed,
                      .first = (step - static_cast<double>(hop_length)) / 2,
                      .step = step,
                      .bands = {}};
  for (std::int64_t row = 0; row < rows(); ++row)
    axes.bands.push_back(static_cast<double>(row * sample_rate) / static_cast<double>(n_fft));
  return axes;
}

void SoxFront::read_sizes(const io::NamedTensors& weights) {
  const Tensor* const window = weights.find("spec.window");
  if (window != nullptr && window->shape().rank() == 1) n_fft = window->shape()[0];
}

SoxSpectrogram::SoxSpectrogram(const SoxFront& front)
    : front_(front), window_(*this, "window", sox_window(front.n_fft), layers::StateKind::front_end) {}

Tensor SoxSpectrogram::forward(const Tensor& waveforms) const {
  layers::TraceScope trace(*this, "spectrogram of SoX ", front_.n_fft, "/", front_.hop_length);
  const auto p = kernels::StftProblem::make(waveforms.shape(), front_.n_fft,
                                            {.n_fft = front_.n_fft,
                                             .hop_length = front_.hop_length,
                                             .center = true,
                                             .pad_mode = kernels::PadMode::zero});
  const Tensor powers = Tensor::empty(p.power_shape(), DType::f32, waveforms.device());
  kernels::power_spectrogram(p, waveforms, window_, set(powers));
  const std::int64_t n = waveforms.shape()[0], columns = front_.columns(), rows = front_.rows();
  if (columns < 1)
    throw ShapeError(concat("[sox_spectrogram] expected at least ", front_.hop_length * front_.spectra,
                            " samples, a column, got ", waveforms.shape()[1]));
  const Variable used = slice(Variable(powers), 1, 0, columns * front_.spectra);
  Variable x = mean(reshape(used, {n, columns, front_.spectra, p.bins()}), {2});
  x = power_to_db(slice(x, 2, 0, rows), {.amin = std::pow(10, -front_.range / 10)});
  const Variable one(Tensor::full({1}, 1, DType::f32, waveforms.device()));
  x = sub(one, relu(scale(x, -1 / front_.range)));
  return trace.output(reshape(x, {n, columns, rows, 1})).data();
}

}  // namespace sonograd::models
