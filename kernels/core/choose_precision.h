// The arithmetic of this process, for the device it runs on.
#pragma once

#include <string_view>

#include "kernels/core/context.h"

namespace sonograd::kernels {

/// Sets the process-wide precision: `strict`, `tf32` or `bf16`. Throws ConfigError for another word, and DeviceError
/// for a device whose kernels compute in float32 only.
void choose_precision(std::string_view name, Device device);

}  // namespace sonograd::kernels
