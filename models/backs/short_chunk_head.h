// The classifier of the short-chunk networks.
#pragma once

#include "layers/dropout.h"
#include "layers/linear.h"
#include "layers/norm.h"
#include "layers/part.h"
#include "layers/pool.h"
#include "models/core/outputs.h"

namespace sonograd::models {

/// Maximum over time, dense1 -> bn -> ReLU -> dropout -> dense2: [N, T, 1, D] -> logits [N, labels]. Not a
/// module of its own: its parts are parts of `network`, because published files name them beside the convolutions.
class ShortChunkHead {
 public:
  ShortChunkHead(layers::Module& network, std::int64_t width, double dropout, std::int64_t labels)
      : pool_(network, "pool"),
        dense1_(network, "dense1", width, width),
        bn_(network, "bn", width),
        dropout_(network, "dropout", dropout),
        dense2_(network, "dense2", width, labels) {}

  /// Sets `penultimate` [N, D], the output of ReLU, and `logits`. Throws ShapeError unless one frequency position is left.
  void forward(const Variable& x, Outputs& outputs) const;

 private:
  layers::Part<layers::GlobalMaxPool> pool_;
  layers::Part<layers::Linear> dense1_;
  layers::Part<layers::BatchNorm> bn_;
  layers::Part<layers::Dropout> dropout_;
  layers::Part<layers::Linear> dense2_;
};

}  // namespace sonograd::models
