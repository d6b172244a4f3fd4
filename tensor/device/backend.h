// Interface of a kind of device: memory, copies, waiting. One implementation per kind (`cpu_backend.cpp`,
// `emulated_backend.cpp`, `cuda_backend.cpp`); code above tensor/device/ does not depend on the kind.
#pragma once

#include <cstddef>
#include <string>

#include "tensor/device/device.h"
#include "tensor/device/staging.h"

namespace sonograd {

/// Bytes of a device; `used` counts all processes.
struct MemoryUse {
  std::size_t used = 0;
  std::size_t free = 0;
};

class DeviceBackend {
 public:
  virtual ~DeviceBackend() = default;

  /// Reason for which this device cannot run on this machine; empty when it can.
  virtual std::string why_unavailable(int index) const = 0;
  /// See device.h.
  virtual int compute_capability(int index) const = 0;
  virtual std::size_t shared_memory_of_block(int index) const = 0;
  /// New memory, or nullptr when too little is left.
  virtual std::byte* allocate(std::size_t bytes, int index) const = 0;
  virtual void release(std::byte* data, std::size_t bytes, int index) const noexcept = 0;
  /// Bytes in use and free, as the operating system or the driver reports them.
  virtual MemoryUse memory_use(int index) const = 0;
  /// Called when memory, new or used before, is handed out with undefined contents.
  virtual void mark_undefined(std::byte* data, std::size_t bytes) const = 0;
  /// Makes this the device of this thread's kernel launches.
  virtual void make_current(int index) const = 0;
  /// Host to device, device to host or within the device, ordered on the current stream. When this returns, host
  /// memory that was read may be reused, and host memory that was written may be read.
  virtual void copy(std::byte* to, Device to_device, const std::byte* from, Device from_device,
                    std::size_t bytes) const = 0;
  virtual void fill_zero(std::byte* data, std::size_t bytes, int index) const = 0;
  /// See staging.h.
  virtual std::unique_ptr<StagingBuffer> make_staging(std::size_t bytes, int index) const = 0;
  /// Returns when all work that is queued on this device is done.
  virtual void synchronize(int index) const = 0;
};

/// The backend of a kind. Throws DeviceError for a kind that is not part of this build.
const DeviceBackend& backend(DeviceKind kind);
const DeviceBackend& cpu_backend();
/// Only in builds with the emulated device.
const DeviceBackend& emulated_backend();
/// Only in builds with CUDA.
const DeviceBackend& cuda_backend();

}  // namespace sonograd
