// Rows whose kernels are written in CUDA: one for the GPU, in builds with nvcc, and one for the emulated device, unless it is
// left out (SONOGRAD_EMULATOR=OFF).
#pragma once

#include "kernels/core/variant.h"

#if SONOGRAD_HAS_CUDA
#define SONOGRAD_GPU_ROWS(...) \
  namespace cu {               \
  __VA_ARGS__                  \
  }
#else
#define SONOGRAD_GPU_ROWS(...)
#endif
#if SONOGRAD_HAS_EMULATOR
#define SONOGRAD_EMULATED_ROWS(...) \
  namespace emu {                   \
  __VA_ARGS__                       \
  }
#else
#define SONOGRAD_EMULATED_ROWS(...)
#endif

/// Declares the rows of both targets: SONOGRAD_CUDA_ROWS(extern const KernelVariant<Gemm> gemm_naive, gemm_tiled;).
/// SONOGRAD_ON_CUDA(gemm_naive) in a table lists them; it is nullptr in builds without both.
#define SONOGRAD_CUDA_ROWS(...) SONOGRAD_GPU_ROWS(__VA_ARGS__) SONOGRAD_EMULATED_ROWS(__VA_ARGS__)
#if SONOGRAD_HAS_CUDA && SONOGRAD_HAS_EMULATOR
#define SONOGRAD_ON_CUDA(row) &cu::row, &emu::row
#elif SONOGRAD_HAS_CUDA
#define SONOGRAD_ON_CUDA(row) &cu::row
#elif SONOGRAD_HAS_EMULATOR
#define SONOGRAD_ON_CUDA(row) &emu::row
#else
#define SONOGRAD_ON_CUDA(row) nullptr
#endif
