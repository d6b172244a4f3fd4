// Cepstral coefficients of lachmish_mfcc: waves along the bands of one frame, in decibels.
#include "docs/architectures/exercises/exercise.h"

/// The first `count` coefficients of the orthonormal DCT-II of `bands`, B numbers:
///   coefficient k: s times the sum over the bands b of bands[b] cos(pi k (b + 1/2) / B), s = sqrt(1 / B) for k = 0, else sqrt(2 / B).
exercise::Sequence cepstrum(const exercise::Sequence& bands, int count) {
  exercise::Sequence coefficients;
  const auto size = static_cast<double>(bands.size());
  for (int k = 0; k < count; ++k) {
    double sum = 0;
    for (std::size_t b = 0; b < bands.size(); ++b)
      sum += bands[b] * std::cos(std::numbers::pi * k * (static_cast<double>(b) + 0.5) / size);
    coefficients.push_back(static_cast<float>(sum * std::sqrt((k == 0 ? 1 : 2) / size)));
  }
  return coefficients;
}
