// Copies of host data to a device, through a staging buffer.
#pragma once

#include <memory>
#include <span>

#include "tensor/device/staging.h"
#include "tensor/tensor.h"

namespace sonograd {

/// One buffer, used again for each upload: the host continues while the device reads it.
class Uploader {
 public:
  explicit Uploader(Device device) : device_(device) {}

  /// Room for `count` values, to be filled and then uploaded. Waits until the device has read the values before.
  std::span<float> buffer(std::size_t count);
  /// The first values of the buffer, on the device.
  Tensor upload(const Shape& shape);
  /// A copy of `values` on the device. For the CPU they are copied once, without the buffer.
  Tensor upload(std::span<const float> values, const Shape& shape);

 private:
  Device device_;
  std::unique_ptr<StagingBuffer> staging_;
};

}  // namespace sonograd
