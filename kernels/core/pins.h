// Choosing a variant by name: `--kernel OP=VARIANT` for the process, PinScope for a thread.
#pragma once

#include <string_view>

namespace sonograd::kernels {

/// Uses `variant` for every call of `op` from now on, in this process. Throws ConfigError, with the names
/// that exist, for an unknown op or variant.
void pin_kernel(std::string_view op, std::string_view variant);
/// From the command line's `OP=VARIANT`.
void pin_kernel(std::string_view assignment);

/// Pins a variant on this thread while it lives. Throws ConfigError like `pin_kernel`.
class PinScope {
 public:
  PinScope(std::string_view op, std::string_view variant);
  ~PinScope();
  PinScope(const PinScope&) = delete;
  PinScope& operator=(const PinScope&) = delete;
};

/// The variant that `op` is pinned to; empty when it is not. The name lives as long as the process. Neither waits nor
/// allocates.
std::string_view pinned_variant(std::string_view op);

}  // namespace sonograd::kernels
