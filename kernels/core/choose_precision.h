// Precision of this process, for the device on which it runs.
#pragma once

#include <string_view>

#include "kernels/core/context.h"

namespace sonograd::kernels {

/// Sets the process-wide precision, `strict`, `tf32` or `bf16`, and returns it. A lower one permits reduced products, it does
/// not require them: on the CPU, where all kernels compute in float32, `strict` is set. Throws ConfigError for another word.
Precision choose_precision(std::string_view name, Device device);

}  // namespace sonograd::kernels
