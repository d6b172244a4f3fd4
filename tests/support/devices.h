// The devices of this machine.
#pragma once

#include <string>
#include <vector>

#include "tensor/device/device.h"

namespace sonograd::test {

/// Devices that are compared with the CPU.
inline std::vector<Device> accelerators() {
  std::vector<Device> present;
  for (const Device device : {Device{DeviceKind::emulated, 0}, Device{DeviceKind::cuda, 0}}) {
    if (why_unavailable(device).empty()) present.push_back(device);
  }
  return present;
}

inline std::vector<Device> all_devices() {
  std::vector<Device> present = accelerators();
  present.insert(present.begin(), Device{});
  return present;
}

/// Devices for whole networks. Under AddressSanitizer only the CPU: on the emulated device a network takes minutes there, and the
/// kernels have sanitized tests of their own.
inline std::vector<Device> network_devices() {
#if defined(__SANITIZE_ADDRESS__)
  return {Device{}};
#else
  return all_devices();
#endif
}

/// Name of a device as a part of a test's name.
inline std::string test_name(Device device) {
  const std::string name = device.name();
  return name.substr(0, name.find(':'));
}

}  // namespace sonograd::test
