// Host memory from which a device copies.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "tensor/device/device.h"

namespace sonograd {

/// A buffer that the host fills and the device copies from: the host may continue while the device reads it.
class StagingBuffer {
 public:
  virtual ~StagingBuffer() = default;

  /// The buffer. Waits until the last upload has read it.
  virtual std::span<std::byte> host() = 0;
  /// Queues a copy of the first `bytes` bytes on the current stream of the device.
  virtual void upload(std::byte* to, std::size_t bytes) = 0;
};

/// A buffer of `bytes` bytes, page-locked for a GPU. Throws DeviceError when too little memory is left.
std::unique_ptr<StagingBuffer> make_staging(std::size_t bytes, Device device);

}  // namespace sonograd
