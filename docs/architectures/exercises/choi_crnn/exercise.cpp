// Budgets of parameters: what the widths of choi_crnn cost.
#include "docs/architectures/exercises/exercise.h"

/// Parameters of four convolutions of 3 x 3 on a map of one channel, the first with `first` channels, the others with `others`; of two
/// recurrent layers of `units`, the first on `others` inputs; and of a dense layer from `units` to `labels`. Every output channel of a
/// convolution and of the dense layer has a bias. A recurrent layer has three gates, each with a weight for every input and every unit, and
/// a bias, for each of its units. Norms are not counted.
long parameters(long first, long others, long units, long labels) {
  // Your lines replace this one.
  return 0;
}
