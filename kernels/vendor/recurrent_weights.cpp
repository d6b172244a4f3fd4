#include "kernels/vendor/recurrent_weights.h"

namespace sonograd::kernels::vendor {
namespace {

bool continues(const WeightCopy& copy, const WeightCopy& next) {
  return copy.tensor == next.tensor && copy.direction == next.direction &&
         copy.ours + copy.count == next.ours && copy.theirs + copy.count == next.theirs;
}

}  // namespace

std::vector<WeightCopy> weight_copies(
    const RecurrentProblem& cells, std::int64_t inputs,
    const std::function<GatePlace(std::int64_t direction, std::int64_t product)>& place_of) {
  std::vector<WeightCopy> copies;
  const auto add = [&](const WeightCopy& copy) {
    if (!copies.empty() && continues(copies.back(), copy)) {
      copies.back().count += copy.count;
    } else {
      copies.push_back(copy);
    }
  };
  using Weights = RecurrentLayerWeights;
  const auto add_gates = [&](std::int64_t direction, bool of_state, bool bias) {
    const std::int64_t columns = bias ? 1 : of_state ? cells.units : inputs;
    const auto matrix = of_state ? &Weights::weight_hh : &Weights::weight_ih;
    const auto vector = of_state ? &Weights::bias_hh : &Weights::bias_ih;
    for (std::int64_t gate = 0; gate < cells.gates(); ++gate) {
      const GatePlace place = place_of(direction, (of_state ? cells.gates() : 0) + gate);
      const std::int64_t count = cells.units * columns;
      add({bias ? vector : matrix, static_cast<std::size_t>(direction), gate * count,
           bias ? place.bias : place.matrix, count});
    }
  };
  for (std::int64_t direction = 0; direction < cells.directions; ++direction) {
    for (const bool bias : {false, true}) {
      for (const bool of_state : {false, true}) add_gates(direction, of_state, bias);
    }
  }
  return copies;
}

}  // namespace sonograd::kernels::vendor
