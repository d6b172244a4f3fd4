#include "kernels/core/choose_precision.h"

namespace sonograd::kernels {

Precision choose_precision(std::string_view name, Device device) {
  const Precision allowed = parse_precision(name);
  const Precision chosen = device.kind == DeviceKind::cpu ? Precision::strict : allowed;
  set_precision(chosen);
  return chosen;
}

}  // namespace sonograd::kernels
