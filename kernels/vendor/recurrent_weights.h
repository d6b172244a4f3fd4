// Places of the weights of a recurrent layer in the memory of another library: where each gate lies there is the library's
// business, so that copies are a list.
#pragma once

#include <functional>
#include <vector>

#include "kernels/fused/recurrent_layer/recurrent_layer.h"

namespace sonograd::kernels::vendor {

/// Where the library keeps a product of a gate: the first elements of its matrix and of its bias.
struct GatePlace {
  std::int64_t matrix = 0, bias = 0;
};

/// A stretch of a tensor of ours, and its place in the memory of the library; all in elements.
struct WeightCopy {
  DirectionViews RecurrentLayerWeights::*tensor;
  std::size_t direction;
  std::int64_t ours, theirs, count;
};

/// The copies of all weights, where `place_of(direction, product)` gives the places: products 0 to G - 1 are those of the inputs
/// with gates r, z, n or i, f, g, o, and G to 2 G - 1 those of the states. Gates that lie one behind the other are one copy.
std::vector<WeightCopy> weight_copies(
    const RecurrentProblem& cells, std::int64_t inputs,
    const std::function<GatePlace(std::int64_t direction, std::int64_t product)>& place_of);

}  // namespace sonograd::kernels::vendor
