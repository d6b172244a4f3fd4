#include "kernels/core/store.h"

#include "tensor/view.h"

namespace sonograd::kernels {

Store store_to(const Out& out) {
  constexpr std::int64_t kLine = 64, kCached = 16 << 20;
  if (out.adds()) return Store::accumulate;
  const View& view = out.view;
  const auto address = reinterpret_cast<std::uintptr_t>(view.data<float>());
  const std::int64_t last = view.shape[view.shape.rank() - 1];
  const std::int64_t float_bytes = size_of(DType::f32);
  const bool whole_lines = address % kLine == 0 && last * float_bytes % kLine == 0;
  return whole_lines && view.numel() * float_bytes > kCached ? Store::stream : Store::replace;
}

}  // namespace sonograd::kernels
