// Dropout (Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", JMLR
// 2014).
#pragma once

#include "layers/layer.h"

namespace sonograd::layers {

/// In training each element is zeroed with probability `p` in [0, 1), the others are scaled by 1/(1 - p); the
/// identity in evaluation. Random numbers come from the ambient RandomScope.
class Dropout : public Layer {
 public:
  explicit Dropout(double p) : p_(p) {}
  Variable forward(const Variable& x) const override;

 private:
  double p_;
};

}  // namespace sonograd::layers
