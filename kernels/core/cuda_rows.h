// Rows whose kernels are written in CUDA: one for the GPU, in builds with nvcc, and one for the emulated device.
#pragma once

#include "kernels/core/variant.h"

/// Declares the rows of both targets: SONOGRAD_CUDA_ROWS(extern const KernelVariant<Gemm> gemm_naive, gemm_tiled;).
/// SONOGRAD_ON_CUDA(gemm_naive) in a table lists them.
#if SONOGRAD_HAS_CUDA
#define SONOGRAD_CUDA_ROWS(...) \
  namespace cu {                \
  __VA_ARGS__                   \
  }                             \
  namespace emu {               \
  __VA_ARGS__                   \
  }
#define SONOGRAD_ON_CUDA(row) &cu::row, &emu::row
#else
#define SONOGRAD_CUDA_ROWS(...) \
  namespace emu {               \
  __VA_ARGS__                   \
  }
#define SONOGRAD_ON_CUDA(row) &emu::row
#endif
