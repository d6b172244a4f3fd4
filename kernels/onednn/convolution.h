// Convolution on oneDNN, 1-D and 2-D, channels last. Maps and weights have our layout; oneDNN chooses another one for the
// weights, to which they are converted here. float32. Errors: DeviceError when oneDNN does not support a geometry,
// OutOfMemory, KernelError when a call fails.
#pragma once

#include <array>
#include <cstdint>

#include "kernels/core/weight_cache.h"
#include "kernels/core/workspace.h"

namespace sonograd::kernels::onednn {

/// Sizes of one convolution. Only the first `spatial` entries of the arrays are used (time, then frequency).
struct ConvGeometry {
  int spatial = 2;
  std::int64_t batch = 0;
  std::int64_t in_channels = 0;
  std::int64_t out_channels = 0;
  std::array<std::int64_t, 2> in{};
  std::array<std::int64_t, 2> out{};
  std::array<std::int64_t, 2> kernel{};
  std::array<std::int64_t, 2> stride{};
  std::array<std::int64_t, 2> dilation{};
  std::array<std::int64_t, 2> pad_before{};
  std::array<std::int64_t, 2> pad_after{};
  bool has_bias = false;

  friend auto operator<=>(const ConvGeometry&, const ConvGeometry&) = default;

  std::int64_t out_size() const { return batch * out[0] * (spatial == 2 ? out[1] : 1) * out_channels; }
  std::int64_t in_size() const { return batch * in[0] * (spatial == 2 ? in[1] : 1) * in_channels; }
  std::int64_t weight_size() const {
    return out_channels * kernel[0] * (spatial == 2 ? kernel[1] : 1) * in_channels;
  }
};

/// Number of primitives that this thread has built so far. The functions below build a primitive once per thread, geometry,
/// number of threads and `add`.
std::size_t built_primitives();

/// y (= or +=) x * w + bias. `bias` is read if `has_bias`; `cache` may be null.
std::size_t forward_workspace(const ConvGeometry& g, bool add);
void forward(const ConvGeometry& g, const float* x, const float* w, const float* bias, float* y, bool add,
             Workspace workspace, WeightCache* cache);
/// Computes the same one example at a time: oneDNN may order its sums by the number of examples.
std::size_t forward_one_by_one_workspace(const ConvGeometry& g, bool add);
void forward_one_by_one(const ConvGeometry& g, const float* x, const float* w, const float* bias, float* y,
                        bool add, Workspace workspace, WeightCache* cache);

/// dx (= or +=) the adjoint of the convolution in x.
std::size_t backward_data_workspace(const ConvGeometry& g, bool add);
void backward_data(const ConvGeometry& g, const float* dy, const float* w, float* dx, bool add,
                   Workspace workspace);

/// dw (= or +=) the adjoint of the convolution in w.
std::size_t backward_weight_workspace(const ConvGeometry& g, bool add);
void backward_weight(const ConvGeometry& g, const float* x, const float* dy, float* dw, bool add,
                     Workspace workspace);

}  // namespace sonograd::kernels::onednn
