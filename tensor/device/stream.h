// The order in which a device does things. Ambient: only `launch`, copies and vendor wrappers read it, so no
// operation takes a stream argument.
#pragma once

#include "tensor/device/device.h"

namespace sonograd {

/// The queue that work on a device goes to; one for all threads. The CPU does everything at once, in program order.
class Stream {
 public:
  /// The stream for `device`.
  static Stream current(Device device) { return Stream(device); }

  Device device() const { return device_; }
  /// Returns when everything queued here has happened. Throws KernelError, with the kernels that were started last, for an
  /// earlier fault of one.
  void synchronize() const;

 private:
  explicit Stream(Device device) : device_(device) {}
  Device device_;
};

}  // namespace sonograd
