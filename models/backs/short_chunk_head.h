// The classifier of the short-chunk networks.
#pragma once

#include "layers/dropout.h"
#include "layers/linear.h"
#include "layers/norm.h"
#include "layers/part.h"
#include "layers/pool.h"
#include "models/core/config.h"

namespace sonograd::models {

/// Maximum over time, dense1 -> bn -> ReLU -> dropout -> dense2: [N, T, 1, D] -> logits [N, labels]. Not a
/// module of its own: published files name its parts, which are those of `network`, beside the convolutions.
class ShortChunkHead {
 public:
  ShortChunkHead(layers::Module& network, std::int64_t width, const ModelConfig& config)
      : pool_(network, "pool"),
        dense1_(network, "dense1", width, width),
        bn_(network, "bn", width),
        dropout_(network, "dropout", config.dropout),
        dense2_(network, "dense2", width, config.labels) {}

  /// Throws ShapeError unless one frequency position is left.
  Variable forward(const Variable& x) const;

 private:
  layers::Part<layers::GlobalMaxPool> pool_;
  layers::Part<layers::Linear> dense1_;
  layers::Part<layers::BatchNorm> bn_;
  layers::Part<layers::Dropout> dropout_;
  layers::Part<layers::Linear> dense2_;
};

}  // namespace sonograd::models
