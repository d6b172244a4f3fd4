// Layers with one input and one output.
#pragma once

#include "layers/module.h"

namespace sonograd::layers {

/// A module that computes one tensor from one tensor.
class Layer : public Module {
 public:
  /// Training moves the running statistics of batch norms and draws from the ambient RandomScope; nothing else changes. See
  /// Module::prepare for forward passes on several threads.
  virtual Variable forward(const Variable& x) const = 0;
};

}  // namespace sonograd::layers
