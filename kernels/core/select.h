// Choosing a variant and running it: the one way from an op's entry point to a kernel.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "kernels/core/profile.h"
#include "kernels/core/variant.h"
#include "tensor/error.h"

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

/// The variant that `op` is pinned to; empty when it is not.
std::string_view pinned_variant(std::string_view op);
/// Prints a choice and the objections it passed over to stderr when the environment has LOG_KERNELS=1.
void log_choice(std::string_view op, std::string_view chosen, const std::string& objections);
bool logs_choices();

/// The variant that will run. Throws DeviceError when a pinned variant objects, or when every row does.
template <class Op>
const KernelVariant<Op>& select(Table<Op> table, const typename Op::Problem& problem,
                                const Context& context) {
  const std::string_view pinned = pinned_variant(Op::name);
  std::string objections;
  for (auto row = table.rbegin(); row != table.rend(); ++row) {
    const KernelVariant<Op>& variant = **row;
    if (variant.target != context.device.kind) continue;
    if (!pinned.empty() && variant.name != pinned) continue;
    const char* reason = variant.why_not ? variant.why_not(problem, context) : nullptr;
    if (reason == nullptr) {
      if (logs_choices()) log_choice(Op::name, variant.name, objections);
      return variant;
    }
    objections += concat(objections.empty() ? "" : "; ", variant.name, ": ", reason);
  }
  if (objections.empty()) objections = "it has none";
  throw DeviceError(concat("[", Op::name, "] no ", pinned.empty() ? "" : concat("'", pinned, "' "),
                           "kernel for ", context.device.name(), ": ", objections));
}

/// Selects for `device`, provides the workspace, runs.
template <class Op>
void run(Table<Op> table, const typename Op::Problem& problem, const typename Op::Args& args, Device device) {
  const KernelVariant<Op>& variant = select<Op>(table, problem, {device, precision()});
  const ProfileRange range(Op::name, variant.name);
  const std::size_t bytes = variant.workspace ? variant.workspace(problem) : 0;
  if (bytes == 0) return variant.run(problem, args, {});
  const auto scratch = Storage::allocate(bytes, device);
  variant.run(problem, args, Workspace({scratch->data(), bytes}));
}

}  // namespace sonograd::kernels
