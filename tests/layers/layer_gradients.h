// Gradients of a layer in its input and its parameters against central differences, in double precision.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "autograd/tape.h"
#include "layers/layer.h"
#include "tests/support/random_tensor.h"

namespace sonograd::test {

/// Largest relative difference over four random directions, of the output projected on random weights. Turns `layer` to f64;
/// its parameters keep their values. A correct gradient gives about 1e-8.
inline double layer_gradient_error(layers::Layer& layer, const Shape& input) {
  constexpr double kStep = 1e-6;
  layer.to(DType::f64);
  std::vector<Variable> leaves = layer.parameters();
  leaves.emplace_back(random_tensor(input, DType::f64, 50), true);
  for (const Variable& leaf : leaves) leaf.clear_gradient();
  const Variable x = leaves.back();
  const auto projected = [&](const Tensor& y) {
    const Tensor weights = random_tensor(y.shape(), DType::f64, 51);
    double sum = 0;
    for (std::int64_t i = 0; i < y.numel(); ++i) sum += y.data<double>()[i] * weights.data<double>()[i];
    return sum;
  };
  const Variable y = layer.forward(x);
  backward(y, random_tensor(y.shape(), DType::f64, 51));

  double worst = 0;
  for (std::uint32_t direction = 0; direction < 4; ++direction) {
    double slope = 0;
    std::vector<Tensor> steps;
    for (const Variable& leaf : leaves) {
      steps.push_back(random_tensor(leaf.shape(), DType::f64,
                                    100 * direction + static_cast<std::uint32_t>(steps.size())));
      const Tensor gradient = leaf.gradient();
      if (!gradient.defined()) continue;  // exactly zero by definition, which the differences check
      for (std::int64_t i = 0; i < gradient.numel(); ++i)
        slope += gradient.data<double>()[i] * steps.back().data<double>()[i];
    }
    const auto moved = [&](double h) {
      for (std::size_t l = 0; l < leaves.size(); ++l) {
        for (std::int64_t i = 0; i < steps[l].numel(); ++i)
          leaves[l].data().data<double>()[i] += h * steps[l].data<double>()[i];
      }
      return projected(layer.forward(x).data());
    };
    const double up = moved(kStep), down = moved(-2 * kStep);
    moved(kStep);
    const double difference = (up - down) / (2 * kStep);
    worst = std::max(worst, std::abs(slope - difference) / std::max(1.0, std::abs(difference)));
  }
  return worst;
}

/// Statistics and affine parameters away from their initial values.
inline void disturb(layers::Module& module) {
  std::uint32_t which = 0;
  for (const layers::StateEntry& entry : module.state()) {
    if (entry.kind == layers::StateKind::counter) continue;
    const Tensor noise = random_tensor(entry.tensor.shape(), DType::f32, ++which);
    const bool variance = entry.name.ends_with("running_var");
    for (std::int64_t i = 0; i < noise.numel(); ++i) {
      float& value = entry.tensor.data<float>()[i];
      value = variance ? 0.5f + noise.data<float>()[i] * noise.data<float>()[i]
                       : value + 0.3f * noise.data<float>()[i];
    }
  }
  module.state_changed();
}

}  // namespace sonograd::test
