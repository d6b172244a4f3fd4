#include "tensor/device/device.h"

#include "tensor/device/backend.h"
#include "tensor/support/error.h"
#include "tensor/support/number.h"

namespace sonograd {

std::string Device::name() const {
  switch (kind) {
    case DeviceKind::cpu:
      return "cpu";
    case DeviceKind::cuda:
      return concat("cuda:", index);
    case DeviceKind::emulated:
      return "emulated";
  }
  return "?";
}

const DeviceBackend& backend(DeviceKind kind) {
  switch (kind) {
    case DeviceKind::cpu:
      return cpu_backend();
    case DeviceKind::emulated:
#if SONOGRAD_HAS_EMULATOR
      return emulated_backend();
#else
      break;
#endif
    case DeviceKind::cuda:
#if SONOGRAD_HAS_CUDA
      return cuda_backend();
#else
      break;
#endif
  }
  throw DeviceError(concat("[device] ", Device{kind, 0}.name(), " is not part of this build"));
}

int compute_capability(Device device) {
  return backend(device.kind).compute_capability(device.index);
}

std::size_t shared_memory_of_block(Device device) {
  return backend(device.kind).shared_memory_of_block(device.index);
}

std::string why_unavailable(Device device) {
  if (device.kind == DeviceKind::cuda && !SONOGRAD_HAS_CUDA) return "this build has no CUDA kernels";
  if (device.kind == DeviceKind::emulated && !SONOGRAD_HAS_EMULATOR)
    return "this build leaves it out (SONOGRAD_EMULATOR=OFF)";
  return backend(device.kind).why_unavailable(device.index);
}

Device Device::parse(std::string_view text) {
  if (text == "auto") {
    const Device gpu{DeviceKind::cuda, 0};
    return sonograd::why_unavailable(gpu).empty() ? gpu : Device{};
  }
  Device device;
  if (text == "cpu") {
    device = {DeviceKind::cpu, 0};
  } else if (text == "emulated") {
    device = {DeviceKind::emulated, 0};
  } else if (text == "cuda") {
    device = {DeviceKind::cuda, 0};
  } else if (text.starts_with("cuda:")) {
    const std::optional<int> index = parse_number<int>(text.substr(5));
    if (!index || *index < 0)
      throw ConfigError(concat("--device ", text, ": the part after 'cuda:' must be a number"));
    device = {DeviceKind::cuda, *index};
  } else {
    throw ConfigError(concat("--device ", text, ": expected auto, cpu, cuda:N or emulated"));
  }
  const std::string reason = sonograd::why_unavailable(device);
  if (!reason.empty()) throw DeviceError(concat("device ", device.name(), " cannot run: ", reason));
  return device;
}

}  // namespace sonograd
