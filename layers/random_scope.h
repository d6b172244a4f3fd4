// The ambient source of randomness of layers: initial values while a model is made, dropout while it trains.
#pragma once

#include "tensor/random.h"

namespace sonograd::layers {

/// While it lives, layers of this thread draw their numbers from (seed, step); every draw gets a key of its
/// own, in program order, so equal runs and resumed runs get equal numbers. Without a scope, seed and step are 0.
class RandomScope {
 public:
  RandomScope(std::uint64_t seed, std::uint32_t step);
  ~RandomScope();
  RandomScope(const RandomScope&) = delete;
  RandomScope& operator=(const RandomScope&) = delete;

  /// The next unused key of the innermost scope.
  static RandomKey next(RandomStream stream);

 private:
  RandomKey previous_;
};

}  // namespace sonograd::layers
