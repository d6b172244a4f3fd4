// A variant's own form of a weight, kept between calls.
#pragma once

#include <memory>

#include "tensor/device/storage.h"

namespace sonograd::kernels {

/// Whoever passes one promises that the weight does not change while the cache lives (folded inference
/// weights). One weight, one geometry of it; a variant that wants another form replaces what is there.
struct WeightCache {
  const void* weight = nullptr;     ///< the weight that `packed` was made from
  std::size_t bytes = 0;            ///< size of the form: tells apart those of different input sizes
  std::shared_ptr<Storage> packed;  ///< the variant's form
};

}  // namespace sonograd::kernels
