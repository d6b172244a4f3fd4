// Squeeze and excitation: the means of all channels over time decide how much of each channel passes on.
#include "docs/architectures/exercises/exercise.h"

using exercise::Map;
using exercise::Sequence;

/// Weights [out][in] and a bias [out].
struct Dense {
  Map weight;
  Sequence bias;
};

/// weight x + bias.
inline Sequence apply(const Dense& dense, const Sequence& x) {
  Sequence y = dense.bias;
  for (std::size_t i = 0; i < y.size(); ++i) {
    for (std::size_t k = 0; k < x.size(); ++k) y[i] += dense.weight[i][k] * x[k];
  }
  return y;
}

/// `map` [frames][channels], each channel times its gate: sigmoid(second(relu(first(means)))), with the means of the channels over
/// the frames.
Map excite(const Map& map, const Dense& first, const Dense& second) {
  // Your lines replace this one.
  return {};
}
