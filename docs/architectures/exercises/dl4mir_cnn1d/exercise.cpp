// A kernel of half the bands is not one-dimensional: it moves over frequency, too.
#include "docs/architectures/exercises/exercise.h"

/// out[f] = sum over i of kernel[i] bands[f + i], for each place at which the kernel lies within the bands of the frame.
exercise::Sequence valid_convolution(const exercise::Sequence& bands, const exercise::Sequence& kernel) {
  // Your lines replace this one.
  return {};
}

/// The mean over frequency of ReLU, max(0, x), of `valid_convolution`.
float response(const exercise::Sequence& bands, const exercise::Sequence& kernel) {
  // Your lines replace this one.
  return 0;
}
