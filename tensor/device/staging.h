// Host memory on its way to a device.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "tensor/device/device.h"

namespace sonograd {

/// A buffer to fill on the host and to copy from without waiting: the host may go on while the device reads it.
class StagingBuffer {
 public:
  virtual ~StagingBuffer() = default;

  /// The buffer, once the last upload has read it.
  virtual std::span<std::byte> host() = 0;
  /// Queues a copy of the first `bytes` bytes on the current stream of the device.
  virtual void upload(std::byte* to, std::size_t bytes) = 0;
};

/// Page-locked for a GPU. Throws DeviceError when there is no such memory left.
std::unique_ptr<StagingBuffer> make_staging(std::size_t bytes, Device device);

}  // namespace sonograd
