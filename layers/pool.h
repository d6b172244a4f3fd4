// Pooling over time, or time and frequency, as modules; formulas and errors in kernels/pool/pool.h.
#pragma once

#include <vector>

#include "autograd/ops/pool.h"
#include "layers/layer.h"

namespace sonograd::layers {

/// Windows of `kernel` positions every `stride` (default: the kernel), without padding: an axis of T becomes
/// floor((T - kernel) / stride) + 1 positions.
template <class Extent, Variable (*kPool)(const Variable&, Extent, Extent)>
class WindowPool : public Layer {
 public:
  explicit WindowPool(Extent kernel) : WindowPool(kernel, kernel) {}
  WindowPool(Extent kernel, Extent stride) : kernel_(kernel), stride_(stride) {}

  Variable forward(const Variable& x) const override { return kPool(x, kernel_, stride_); }

 private:
  Extent kernel_, stride_;
};

/// [N, T, C] -> [N, T', C].
using MaxPool1d = WindowPool<std::int64_t, max_pool1d>;
using AvgPool1d = WindowPool<std::int64_t, avg_pool1d>;
/// [N, T, F, C] -> [N, T', F', C].
using MaxPool2d = WindowPool<kernels::Pair, max_pool2d>;
using AvgPool2d = WindowPool<kernels::Pair, avg_pool2d>;

/// Axes of x but the batch and the channels: {1} of [N, T, C], {1, 2} of [N, T, F, C]. Throws ShapeError for other ranks.
const std::vector<int>& positions_of(const Variable& x);

/// The maximum over all positions: [N, T, C] or [N, T, F, C] -> [N, C]. Throws ShapeError for other ranks.
class GlobalMaxPool : public Layer {
 public:
  Variable forward(const Variable& x) const override;
};
/// The mean over all positions, likewise.
class GlobalAvgPool : public Layer {
 public:
  Variable forward(const Variable& x) const override;
};

}  // namespace sonograd::layers
