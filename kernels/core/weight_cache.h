// A variant's own form of a weight, kept between calls.
#pragma once

#include <cstdint>
#include <memory>

#include "tensor/device/storage.h"

namespace sonograd::kernels {

/// Whoever passes one promises that the weight does not change while the cache lives (folded inference
/// weights). It holds one form of one weight; who wants another replaces what is there.
struct WeightCache {
  const void* weight = nullptr;     ///< the weight that `packed` was made from
  std::uint64_t form = 0;           ///< who made it: a number that no other variant or plan uses
  std::shared_ptr<Storage> packed;  ///< in that form
};

}  // namespace sonograd::kernels
