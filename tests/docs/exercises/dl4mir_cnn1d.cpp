// A kernel of half the bands is not one-dimensional: it moves over frequency, too.
#include "docs/architectures/exercises/exercise.h"

/// out[f] = sum over i of kernel[i] bands[f + i], for each place at which the kernel lies within the bands of the frame.
exercise::Sequence valid_convolution(const exercise::Sequence& bands, const exercise::Sequence& kernel) {
  exercise::Sequence out;
  for (std::size_t f = 0; f + kernel.size() <= bands.size(); ++f)
    out.push_back(
        std::inner_product(kernel.begin(), kernel.end(), bands.begin() + static_cast<long>(f), 0.0f));
  return out;
}

/// The mean over frequency of ReLU, max(0, x), of `valid_convolution`.
float response(const exercise::Sequence& bands, const exercise::Sequence& kernel) {
  const exercise::Sequence out = valid_convolution(bands, kernel);
  float sum = 0;
  for (const float x : out) sum += std::max(0.0f, x);
  return sum / static_cast<float>(out.size());
}
