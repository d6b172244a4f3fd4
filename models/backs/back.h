// A back end as a part of a network that may have any other one in its place.
#pragma once

#include <vector>

#include "layers/module.h"
#include "models/core/outputs.h"

namespace sonograd::models {

class Back : public layers::Module {
 public:
  /// A map [N, T, F, C] -> sets `penultimate` [N, width()] and `logits` [N, labels].
  virtual void forward(const Variable& map, Outputs& outputs) const = 0;
  virtual std::int64_t width() const = 0;
  /// Outputs beside these two.
  virtual std::vector<OutputInfo> outputs() const { return {}; }
};

}  // namespace sonograd::models
