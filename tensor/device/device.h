// Names of the places where tensors live and kernels run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace sonograd {

enum class DeviceKind : std::uint8_t { cpu, cuda, emulated };

/// A device handle: kind and, for CUDA, its index. Cheap to copy, no state of its own.
struct Device {
  DeviceKind kind = DeviceKind::cpu;
  int index = 0;

  friend bool operator==(const Device&, const Device&) = default;

  /// `cpu`, `cuda:0`, `emulated`.
  std::string name() const;
  friend std::ostream& operator<<(std::ostream& out, const Device& device) { return out << device.name(); }

  /// From `auto`, `cpu`, `cuda`, `cuda:N` or `emulated`. `auto` is the first CUDA device that works, else the
  /// CPU. Throws ConfigError for another word and DeviceError, with the reason, for a device that cannot run
  /// here.
  static Device parse(std::string_view text);
};

/// Compute capability of a device that runs CUDA kernels, ten times: 80 for an A100, 90 for an H100 and the emulated
/// device. 0 for the CPU. The device must be available.
int compute_capability(Device device);

/// Shared memory that a block of a kernel can have there, in bytes: 227 KiB on an H100 and the emulated device, 163 KiB on an
/// A100, 99 KiB on most others. 0 for the CPU. The device must be available.
std::size_t shared_memory_of_block(Device device);

/// Reason for which this device cannot be used on this machine; empty when it can.
std::string why_unavailable(Device device);

}  // namespace sonograd
