// Positions of the features of a network in time and frequency, for pictures of them.
#pragma once

#include <cstdint>
#include <vector>

namespace sonograd::models {

/// Unit of the features.
enum class FeatureUnit : std::uint8_t {
  sample,      ///< waveforms [N, T, 1]
  compressed,  ///< maps [N, T, F, 1] whose values are already logarithms, mostly decibels
  power,       ///< maps [N, T, F] of powers or magnitudes, which a later layer compresses
};

/// Axes of `Network::features`.
struct FeatureAxes {
  FeatureUnit unit = FeatureUnit::sample;
  double first = 0;  ///< samples from the start of a chunk to the centre of the first position in time
  double step = 1;   ///< samples between positions
  std::vector<double> bands;  ///< Hz, ascending: centre of each band; empty for waveforms
};

}  // namespace sonograd::models
