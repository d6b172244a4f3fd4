// The devices of this machine that tests compare with the CPU.
#pragma once

#include <string>
#include <vector>

#include "tensor/device/device.h"

namespace sonograd::test {

inline std::vector<Device> accelerators() {
  std::vector<Device> present;
  for (const Device device : {Device{DeviceKind::emulated, 0}, Device{DeviceKind::cuda, 0}}) {
    if (why_unavailable(device).empty()) present.push_back(device);
  }
  return present;
}

/// As a part of a test's name.
inline std::string test_name(Device device) {
  return device.kind == DeviceKind::cuda ? "Cuda" : "Emulated";
}

}  // namespace sonograd::test
