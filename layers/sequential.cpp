#include "layers/sequential.h"

namespace sonograd::layers {

Variable Sequential::forward(const Variable& x) const {
  Variable y = x;
  for (const auto& layer : layers_) y = layer->forward(y);
  return y;
}

}  // namespace sonograd::layers
