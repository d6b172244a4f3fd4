// Memory behind tensors.
#pragma once

#include <cstddef>
#include <memory>

#include "tensor/device/device.h"

namespace sonograd {

/// A block of memory on one device, aligned to `kAlignment` bytes, released with its last owner.
class Storage {
 public:
  static constexpr std::size_t kAlignment = 256;

  /// Memory of the current `ArenaScope` if there is one for this device, else of the device itself. Contents are
  /// undefined. Throws OutOfMemory, with the bytes requested, used and free, when too little is left.
  static std::shared_ptr<Storage> allocate(std::size_t bytes, Device device);

  /// Memory that another object owns (a file in memory); `owner` lives as long as the storage. Read only.
  static std::shared_ptr<Storage> borrow(const void* data, std::size_t bytes,
                                         std::shared_ptr<const void> owner);

  virtual ~Storage() = default;
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  std::byte* data() const { return data_; }
  std::size_t bytes() const { return bytes_; }
  Device device() const { return device_; }

 protected:
  /// Derived classes release the memory.
  Storage(std::byte* data, std::size_t bytes, Device device) : data_(data), bytes_(bytes), device_(device) {}

 private:
  std::byte* data_;
  std::size_t bytes_;
  Device device_;
};

}  // namespace sonograd
