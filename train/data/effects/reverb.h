// Reverberation by the public-domain Freeverb (Jezar at Dreampoint, 2000) with the parameters of SoX's effect `reverb`.
#pragma once

#include <span>

namespace sonograd::train {

/// Each 0 to 100.
struct Reverb {
  double reverberance = 50;  ///< decay: feedback of the combs from 0.3 to 0.98
  double damping = 50;       ///< of high frequencies
  double room = 100;         ///< delays of the combs from 0.1 to 1 times those of the largest room
};

/// y = x + (w0 + w1) / 2: x and the mean of two channels of reverberation, in place. A channel w is the sum of eight combs in
/// parallel, whose feedback has a one-pole low-pass filter, then four all-passes in series, times 0.015. The delays of the
/// second channel differ by 12 samples at 44.1 kHz. `sample_rate` in Hz.
void reverberate(std::span<float> samples, int sample_rate, const Reverb& reverb);

}  // namespace sonograd::train
