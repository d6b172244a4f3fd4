// Objects of which a library needs one per thread and GPU: handles and plans.
#pragma once

#include <map>
#include <utility>

#include "tensor/device/cuda_runtime.h"

namespace sonograd::kernels::vendor {

/// One object per key and GPU. Must be `thread_local`. The objects are never destroyed: at the end of the process the driver
/// may have been unloaded.
template <class Key, class T>
class PerDevice {
 public:
  /// The object of the current GPU; `make(T&)` initialises it on first use.
  template <class Make>
  T& get(const Key& key, const Make& make) {
    int device = 0;
    CHECK_CUDA(cudaGetDevice(&device));
    const auto [place, is_new] = objects_.try_emplace({device, key});
    if (is_new) {
      try {
        make(place->second);
      } catch (...) {
        objects_.erase(place);
        throw;
      }
    }
    return place->second;
  }

 private:
  std::map<std::pair<int, Key>, T> objects_;
};

}  // namespace sonograd::kernels::vendor
