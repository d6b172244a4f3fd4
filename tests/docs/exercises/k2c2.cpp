// Budgets of parameters: what the widths of k2c2 cost.
#include "docs/architectures/exercises/exercise.h"

/// Parameters of convolutions of 3 x 3 with `widths` channels, behind one another on a map of one channel, and of a dense layer from
/// the last of them to `labels` outputs. Every output channel has a bias; norms are not counted.
long parameters(const std::vector<int>& widths, int labels) {
  long sum = 0, inputs = 1;
  for (const int width : widths) {
    sum += (9 * inputs + 1) * width;
    inputs = width;
  }
  return sum + (inputs + 1) * labels;
}
