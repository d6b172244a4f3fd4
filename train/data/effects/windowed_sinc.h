// Low-pass filter with finite impulse response: a sinc of 8 zero crossings to either side under a symmetric Hann window.
#pragma once

#include <span>
#include <vector>

namespace sonograd::train {

/// Taps h[0 .. 2m], m = floor(4 / cutoff): 2c sinc(2c (k - m)) under the window, scaled to the sum 1; `cutoff` c is a share of the
/// sample rate, above 0 and at most 1/2. Equal to scipy.signal.firwin(2m + 1, 2c, window="hann").
std::vector<float> low_pass_taps(double cutoff);

/// y[n] = sum over k of h[k] x[n + k - m]; beyond its ends x repeats its first and last sample.
std::vector<float> filter(std::span<const float> x, std::span<const float> taps);

}  // namespace sonograd::train
