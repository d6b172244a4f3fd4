// Data of the host on their way to a device.
#pragma once

#include <memory>
#include <span>

#include "tensor/device/staging.h"
#include "tensor/tensor.h"

namespace sonograd {

/// One buffer, used again and again: the host goes on while the device reads it.
class Uploader {
 public:
  explicit Uploader(Device device) : device_(device) {}

  /// Room for `count` values, to be filled and then uploaded. Waits until the device has read what was there.
  std::span<float> buffer(std::size_t count);
  /// The first values of the buffer, on the device.
  Tensor upload(const Shape& shape);
  /// Values that lie elsewhere, on the device; the host's own are copied once, not by way of the buffer.
  Tensor upload(std::span<const float> values, const Shape& shape);

 private:
  Device device_;
  std::unique_ptr<StagingBuffer> staging_;
};

}  // namespace sonograd
