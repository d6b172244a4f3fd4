// Operands stored in bf16, for rows that compute on float32 alone: copies in the workspace, and a result that is rounded
// once.
#pragma once

#include "kernels/copy/copy.h"
#include "kernels/core/weight_cache.h"
#include "kernels/core/workspace.h"

namespace sonograd::kernels {

/// Bytes of scratch memory for a float32 copy of an array of type `stored`; 0 unless that is bf16.
inline std::size_t float32_copy_bytes(const Shape& shape, DType stored) {
  return stored == DType::bf16 ? Workspace::bytes(shape, DType::f32) : 0;
}

/// `x`, or a float32 copy of it if it is bf16.
inline View in_float32(const View& x, Workspace& workspace) {
  if (x.dtype != DType::bf16) return x;
  const View wide = workspace.take(x.shape, DType::f32, x.device);
  copy(x, set(wide));
  return wide;
}

/// The same for a weight or bias; `cache` keeps its copy, unless it is null. The copy lives as long as the cache.
inline View in_float32(const View& weight, WeightCache* cache, Workspace& workspace) {
  if (weight.dtype != DType::bf16 || cache == nullptr) return in_float32(weight, workspace);
  const auto at = [&](const void* memory) {
    return View(const_cast<void*>(memory), weight.shape, DType::f32, weight.device);
  };
  return at(cache->packed(weight.pointer, WeightCache::kFloat32, at(nullptr).bytes(),
                          [&](void* memory) { copy(weight, set(at(memory))); }));
}

/// Destination of the result of such a row: `out`, or float32 in scratch memory if `out` is bf16.
class Float32Result {
 public:
  Float32Result(const Out& out, Workspace& workspace)
      : stored_(out),
        computed_(out.view.dtype == DType::bf16
                      ? set(workspace.take(out.view.shape, DType::f32, out.view.device))
                      : out) {}

  const Out& out() const { return computed_; }
  /// Rounds the result in scratch memory, if there is one, and replaces or accumulates the output. Must be called last.
  void store() const {
    if (stored_.view.dtype == DType::bf16) copy(computed_.view, stored_);
  }

 private:
  Out stored_, computed_;
};

}  // namespace sonograd::kernels
