// The poolings of dl4mir reach over the edges: no value of the map is left out.
#include "docs/architectures/exercises/exercise.h"

/// Maximum over windows of `window` values side by side, which cover the sequence: ceil(n / window) of them. Where they are longer than the
/// sequence together, half of the surplus, rounded down, lies before the first value and the rest behind the last. A window counts the
/// values of the sequence alone: those beyond an edge are no zeros.
exercise::Sequence max_pool_same(const exercise::Sequence& values, int window) {
  // Your lines replace this one.
  return {};
}
