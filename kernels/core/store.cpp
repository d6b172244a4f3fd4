#include "kernels/core/store.h"

#include "tensor/view.h"

namespace sonograd::kernels {

Store store_to(const Out& out) {
  constexpr std::int64_t kLine = 64, kCached = 16 << 20;
  if (out.adds()) return Store::accumulate;
  const View& view = out.view;
  const auto address = reinterpret_cast<std::uintptr_t>(view.pointer);
  const std::int64_t last = view.shape[view.shape.rank() - 1];
  const auto element = static_cast<std::int64_t>(size_of(view.dtype));
  const bool whole_lines = address % kLine == 0 && last * element % kLine == 0;
  return whole_lines && view.numel() * element > kCached ? Store::stream : Store::replace;
}

}  // namespace sonograd::kernels
