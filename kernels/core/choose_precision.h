// The arithmetic of this process, for the device it runs on.
#pragma once

#include <string_view>

#include "kernels/core/context.h"

namespace sonograd::kernels {

/// Sets the process-wide precision, `strict`, `tf32` or `bf16`, and returns it. A lower one is what kernels may use, not what they
/// must: on the CPU, whose kernels compute in float32 only, it is `strict` all the same. Throws ConfigError for another word.
Precision choose_precision(std::string_view name, Device device);

}  // namespace sonograd::kernels
