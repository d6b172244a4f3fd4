// Choice of a variant by name: `--kernel OP=VARIANT` for the process, PinScope for a thread.
#pragma once

#include <string_view>

namespace sonograd::kernels {

/// Uses `variant` for every call of `op` from now on, in this process. Throws ConfigError, with the names
/// that exist, for an unknown op or variant.
void pin_kernel(std::string_view op, std::string_view variant);
/// Pins by `OP=VARIANT`, the value of `--kernel`. Throws ConfigError, also for a text without `=`.
void pin_kernel(std::string_view assignment);
/// Undoes all of `pin_kernel`.
void unpin_kernels();

/// Pins a variant on this thread while it lives. Throws ConfigError like `pin_kernel`.
class PinScope {
 public:
  PinScope(std::string_view op, std::string_view variant);
  ~PinScope();
  PinScope(const PinScope&) = delete;
  PinScope& operator=(const PinScope&) = delete;
};

/// The variant to which `op` is pinned; empty: none. The name lives as long as the process. Does not wait or allocate.
std::string_view pinned_variant(std::string_view op);

}  // namespace sonograd::kernels
