// Windows of lachmish_cnn: 100 ms of sound every 40 ms, so that a sample is in two or three of them.
#include "docs/architectures/exercises/exercise.h"

/// The number of whole windows of `length` samples, the first at sample 0 and each `step` samples behind the one before.
int window_count(int samples, int length, int step) {
  return samples < length ? 0 : 1 + (samples - length) / step;
}

/// The windows themselves, in order.
exercise::Map windows(const exercise::Sequence& x, int length, int step) {
  exercise::Map rows;
  for (int w = 0; w < window_count(static_cast<int>(x.size()), length, step); ++w)
    rows.emplace_back(x.begin() + w * step, x.begin() + w * step + length);
  return rows;
}
