// Results of sums over no elements.
#pragma once

#include "tensor/device/backend.h"
#include "tensor/view.h"

namespace sonograd::kernels {

/// Fills a dense `y` with zeros, unless it accumulates.
inline void write_zero(const Out& y) {
  if (y.adds() || y.view.numel() == 0) return;
  backend(y.view.device.kind)
      .fill_zero(static_cast<std::byte*>(y.view.pointer), y.view.bytes(), y.view.device.index);
}

}  // namespace sonograd::kernels
