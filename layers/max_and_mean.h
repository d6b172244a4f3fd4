// Global maximum and mean behind one another (Pons et al., "End-to-end learning for music audio tagging at scale", ISMIR 2018).
#pragma once

#include <cstdint>

#include "layers/layer.h"

namespace sonograd::layers {

/// Order of the two numbers of every channel in the result.
enum class FlattenOrder : std::uint8_t {
  stacked,      ///< all maxima, then all means: musicnn in PyTorch
  interleaved,  ///< maximum and mean of a channel side by side: the networks in TensorFlow, which flatten [C, 2]
};

/// Maximum and mean over all positions: [N, T, C] or [N, T, F, C] -> [N, 2 C]. Throws ShapeError for other ranks.
class MaxAndMean : public Layer {
 public:
  explicit MaxAndMean(FlattenOrder order = FlattenOrder::stacked) : order_(order) {}
  Variable forward(const Variable& x) const override;

 private:
  FlattenOrder order_;
};

}  // namespace sonograd::layers
