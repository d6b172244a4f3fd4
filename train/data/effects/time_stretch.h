// Change of the duration that keeps the pitch: waveform-similarity overlap-add (Verhelst and Roelands, "An overlap-add technique
// based on waveform similarity", ICASSP 1993).
#pragma once

#include <span>
#include <vector>

namespace sonograd::train {

/// `samples`, `factor` > 0 times as long (rounded). Segments of 82 ms overlap by 12 ms, and each is taken from the place within
/// 7.34 ms of its own where its beginning is most similar to the end of the segment before it: the values of SoX's `tempo`.
/// `sample_rate` in Hz.
std::vector<float> stretch_time(std::span<const float> samples, double factor, int sample_rate);

}  // namespace sonograd::train
