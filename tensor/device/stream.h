// The queue of a device. Ambient: only `launch`, copies and vendor wrappers read it, so no operation takes a
// stream argument.
#pragma once

#include "tensor/device/device.h"

namespace sonograd {

/// The queue of the work on a device; one for all threads. The CPU executes at once, in program order.
class Stream {
 public:
  /// The stream for `device`.
  static Stream current(Device device) { return Stream(device); }

  Device device() const { return device_; }
  /// Returns when all queued work is done. Throws KernelError, with the kernels that were started last, for an earlier
  /// fault of a kernel.
  void synchronize() const;

 private:
  explicit Stream(Device device) : device_(device) {}
  Device device_;
};

}  // namespace sonograd
