// What a library wants one of for each thread and GPU: handles and plans.
#pragma once

#include <map>
#include <utility>

#include "tensor/device/cuda_runtime.h"

namespace sonograd::kernels::vendor {

/// One object for each key and GPU. To be made `thread_local`. The objects are never destroyed: when the process ends the
/// driver may be gone.
template <class Key, class T>
class PerDevice {
 public:
  /// That of the current GPU; `make(T&)` sets it up when it is first wanted.
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
