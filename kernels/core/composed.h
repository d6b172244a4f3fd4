// Rows that call other ops and run on every device that has those: `composed`, the first row of fused ops.
#pragma once

#include "kernels/core/variant.h"

namespace sonograd::kernels {

/// One row per kind of device. SONOGRAD_ON_EVERY_DEVICE(row) in a table lists them.
template <class Op>
struct EveryDevice {
  KernelVariant<Op> cpu, cuda, emulated;

  explicit constexpr EveryDevice(KernelVariant<Op> row) {
    row.composed = true;
    cpu = cuda = emulated = row;
    cuda.target = DeviceKind::cuda;
    emulated.target = DeviceKind::emulated;
  }
};

}  // namespace sonograd::kernels

#if SONOGRAD_HAS_CUDA && SONOGRAD_HAS_EMULATOR
#define SONOGRAD_ON_EVERY_DEVICE(row) &row.cpu, &row.cuda, &row.emulated
#elif SONOGRAD_HAS_CUDA
#define SONOGRAD_ON_EVERY_DEVICE(row) &row.cpu, &row.cuda
#elif SONOGRAD_HAS_EMULATOR
#define SONOGRAD_ON_EVERY_DEVICE(row) &row.cpu, &row.emulated
#else
#define SONOGRAD_ON_EVERY_DEVICE(row) &row.cpu
#endif
