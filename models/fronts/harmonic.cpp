#include "models/fronts/harmonic.h"

#include "models/core/value_ranges.h"
#include "models/core/weights.h"
#include "tensor/support/error.h"

namespace sonograd::models {

void HarmonicFront::list(OptionList& all) {
  all.add("front_end.sample_rate", stft.sample_rate, {1000, 192000}, "sample rate of the input in Hz");
  all.add("samples", samples, {256, 1 << 26}, "chunk length in samples");
  all.add("front_end.n_fft", stft.n_fft, {16, 16384}, "window and transform length in samples");
  all.add("front_end.hop_length", stft.hop_length, {1, 16384}, "samples between frames");
  all.add("front_end.center", stft.center, "frames centred on their sample, else they begin there");
  all.add("front_end.pad_mode", stft.pad_mode,
          {{"reflect", kernels::PadMode::reflect}, {"zero", kernels::PadMode::zero}},
          "samples beyond the ends of a chunk, for centred frames");
  all.idle_when([this] { return stft.center ? "" : "front_end.center = false"; });
  all.add("front_end.power", stft.power, {1, 2}, "exponent of the magnitude of the spectrum");
  all.add("front_end.amin", stft.amin, {1e-30, 1}, "smallest filtered value of the decibels");
  list_notes(all, stft.notes);
}

void HarmonicFront::list_notes(OptionList& all, kernels::HarmonicNotes& notes) {
  all.add("front_end.lowest_note", notes.lowest, {0, 127},
          "MIDI number of the first filter of the first harmonic");
  all.add("front_end.filters_per_semitone", notes.per_semitone, {1, 24}, "filters a semitone");
  all.add("front_end.harmonics", notes.harmonics, {1, 64}, "harmonics of a note, channels of the map");
}

Input HarmonicFront::input() const {
  const std::int64_t bands =
      kernels::harmonic_centres(stft.notes, static_cast<double>(stft.sample_rate)).numel();
  const double per_sample = static_cast<double>(bands) / static_cast<double>(stft.hop_length);
  check_map_values(concat(bands, " filters of front_end.filters_per_semitone = ", stft.notes.per_semitone,
                          " and front_end.harmonics = ", stft.notes.harmonics,
                          " with front_end.hop_length = ", stft.hop_length, " make"),
                   per_sample, samples, stft.sample_rate);
  return {.sample_rate = stft.sample_rate, .samples = samples};
}

std::int64_t HarmonicFront::frames() const {
  const kernels::StftOptions options = {
      .n_fft = stft.n_fft, .hop_length = stft.hop_length, .center = stft.center, .pad_mode = stft.pad_mode};
  return kernels::StftProblem::make({1, samples}, stft.n_fft, options).frames;
}

FeatureAxes HarmonicFront::axes() const {
  FeatureAxes axes = {.unit = FeatureUnit::power,
                      .first = stft.center ? 0 : static_cast<double>(stft.n_fft) / 2,
                      .step = static_cast<double>(stft.hop_length),
                      .bands = {}};
  for (std::int64_t bin = 0; bin <= stft.n_fft / 2; ++bin)
    axes.bands.push_back(static_cast<double>(bin * stft.sample_rate) / static_cast<double>(stft.n_fft));
  return axes;
}

void HarmonicFront::read_sizes(const io::NamedTensors& weights, std::string_view layer,
                               std::string_view norm) {
  stft.notes.harmonics = extent_of(weights, concat(norm, ".weight"), 0);
  const Tensor* const window = weights.find(concat(layer, ".spec.window"));
  if (window != nullptr && window->shape().rank() == 1) stft.n_fft = window->shape()[0];
}

}  // namespace sonograd::models
