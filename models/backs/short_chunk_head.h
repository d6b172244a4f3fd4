// The classifier of the short-chunk networks.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "layers/dropout.h"
#include "layers/linear.h"
#include "layers/norm.h"
#include "layers/pool.h"
#include "models/core/config.h"

namespace sonograd::models {

/// Maximum over time, dense1 -> bn -> ReLU -> dropout -> dense2: [N, T, 1, D] -> logits [N, labels]. Not a
/// module of its own: published files name its parts beside the convolutions.
class ShortChunkHead {
 public:
  ShortChunkHead(std::int64_t width, const ModelConfig& config)
      : dense1_(width, width), bn_(width), dropout_(config.dropout), dense2_(width, config.labels) {}

  std::vector<std::pair<std::string, layers::Module*>> parts() {
    return {
        {"pool", &pool_}, {"dense1", &dense1_}, {"bn", &bn_}, {"dropout", &dropout_}, {"dense2", &dense2_}};
  }
  Variable forward(const Variable& x);

 private:
  layers::GlobalMaxPool pool_;
  layers::Linear dense1_;
  layers::BatchNorm bn_;
  layers::Dropout dropout_;
  layers::Linear dense2_;
};

}  // namespace sonograd::models
