#include "kernels/core/choose_precision.h"

#include "tensor/error.h"

namespace sonograd::kernels {

void choose_precision(std::string_view name, Device device) {
  const Precision wanted = parse_precision(name);
  if (wanted != Precision::strict && device.kind == DeviceKind::cpu) {
    throw DeviceError(concat("--precision ", name,
                             ": the device cpu computes in float32 only, which is --precision ",
                             "strict; --device cuda:N and emulated have ", name));
  }
  set_precision(wanted);
}

}  // namespace sonograd::kernels
