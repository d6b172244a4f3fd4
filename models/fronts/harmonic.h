// The harmonic front end: its options, and the input and sizes that follow from them.
#pragma once

#include "layers/harmonic_stft.h"
#include "models/core/network.h"
#include "models/core/option_list.h"
#include "tensor/io/named_tensors.h"

namespace sonograd::models {

/// Waveforms to maps [N, frames, filters, harmonics] in decibels, as layers::HarmonicStft computes them. The features of a network
/// with this front end are spectra [N, frames, bins]: the filters behind them are trained. Masks of log-mel maps do not apply.
struct HarmonicFront {
  std::int64_t samples = 80000;  ///< chunk length in samples
  layers::HarmonicStftOptions stft;

  void list(OptionList& all);
  /// The options that a log-mel front end lacks.
  static void list_notes(OptionList& all, kernels::HarmonicNotes& notes);
  /// Throws ConfigError for options that are in range but leave no filter, or together make a map beyond `kMostMapValues` or
  /// `kMostMapValuesPerSecond`.
  Input input() const;
  /// Frames of a chunk. Throws ShapeError when the chunk is too short for one.
  std::int64_t frames() const;
  /// Axes of the spectra.
  FeatureAxes axes() const;
  /// Sets n_fft from the window that published weights contain under the name of the layer, and the number of harmonics, the
  /// values of a position, from its norm. Throws ModelError as `extent_of` without the norm.
  void read_sizes(const io::NamedTensors& weights, std::string_view layer = "hstft",
                  std::string_view norm = "hstft_bn");
};

}  // namespace sonograd::models
