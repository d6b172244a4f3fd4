// Positions of cvxtz_transformer: attention does not see the order of frames, so waves of many periods are added to them.
#include "docs/architectures/exercises/exercise.h"

/// Row s, one for each of `frames` positions, has `bands` numbers, an even number of them:
///   column 2k: sin(s / 10000^(2k / bands)), column 2k + 1: cos of the same.
exercise::Map positions(int frames, int bands) {
  exercise::Map rows;
  for (int s = 0; s < frames; ++s) {
    rows.emplace_back();
    for (int column = 0; column < bands; column += 2) {
      const double angle = s / std::pow(10000.0, static_cast<double>(column) / bands);
      rows.back().push_back(static_cast<float>(std::sin(angle)));
      rows.back().push_back(static_cast<float>(std::cos(angle)));
    }
  }
  return rows;
}
