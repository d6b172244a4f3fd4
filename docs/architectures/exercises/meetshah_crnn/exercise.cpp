// The share that a layer keeps: 0.3 in TensorFlow 1 is 0.7 in Keras. Dropout of meetshah_crnn, and the parameters of its stacks.
#include "docs/architectures/exercises/exercise.h"

/// Dropout in training: number i of x becomes 0 where draws[i], a number of 0 to 1, is at least `keep`, and is divided by `keep`
/// elsewhere, so that its mean over many draws stays.
exercise::Sequence dropout(const exercise::Sequence& x, const exercise::Sequence& draws, float keep) {
  // Your lines replace this one.
  return x;
}

/// Parameters of `layers` GRU layers on one another, the first of which has `inputs` numbers at each step: a layer has three gates, each
/// with a weight for every input and every one of `units` states, and a bias, for every unit.
int parameters(int layers, int inputs, int units) {
  // Your lines replace this one.
  return 0;
}
