// The first layer of Sample-level CNN: a filter of 3 samples every 3 samples takes the place of the spectrogram.
#include "docs/architectures/exercises/exercise.h"

using exercise::Sequence;

/// Cross-correlation with the kernel every `stride` samples, with taps / 2 zeros before the samples and as many behind them.
/// Output t is the sum of kernel[k] * x[stride * t + k - taps / 2]; there are (samples + 2 (taps / 2) - taps) / stride + 1 outputs,
/// rounded down. The kernel has an odd number of taps.
Sequence strided_convolution(const Sequence& x, const Sequence& kernel, int stride) {
  Sequence y;
  const int taps = static_cast<int>(kernel.size()), padding = taps / 2;
  for (int begin = -padding; begin + taps <= std::ssize(x) + padding; begin += stride) {
    float sum = 0;
    for (int k = 0; k < taps; ++k) {
      if (begin + k >= 0 && begin + k < std::ssize(x)) sum += kernel[k] * x[begin + k];
    }
    y.push_back(sum);
  }
  return y;
}
