// The first layer of Sample-level CNN: a filter of 3 samples every 3 samples takes the place of the spectrogram.
#include "docs/architectures/exercises/exercise.h"

using exercise::Sequence;

/// Cross-correlation with the kernel every `stride` samples, with taps / 2 zeros before the samples and as many behind them.
/// Output t is the sum of kernel[k] * x[stride * t + k - taps / 2]; there are (samples + 2 (taps / 2) - taps) / stride + 1 outputs,
/// rounded down. The kernel has an odd number of taps.
Sequence strided_convolution(const Sequence& x, const Sequence& kernel, int stride) {
  // Your lines replace this one.
  return {};
}
