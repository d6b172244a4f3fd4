// Squeeze-and-excitation (Hu, Shen, Sun, "Squeeze-and-excitation networks", CVPR 2018).
#pragma once

#include "layers/linear.h"
#include "layers/part.h"

namespace sonograd::layers {

/// Scales every channel by a gate that is computed from the means of all channels:
///
///   s = mean of x over its positions,  g = sigmoid(dense2(relu(dense1(s)))),  y = x g
///
/// [N, T, C] or [N, T, F, C], same extents out; dense1 [hidden, C], dense2 [C, hidden], with biases. Hu et al. have hidden = C / 16,
/// the sample-level network of Won et al. has C. Throws ShapeError for other ranks.
class SqueezeExcitation : public Layer {
 public:
  SqueezeExcitation(std::int64_t channels, std::int64_t hidden)
      : dense1_(*this, "dense1", channels, hidden), dense2_(*this, "dense2", hidden, channels) {}
  Variable forward(const Variable& x) const override;

 private:
  Part<Linear> dense1_, dense2_;
};

}  // namespace sonograd::layers
