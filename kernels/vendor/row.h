// Rows of vendor libraries, yardsticks for ours: they run when they are named, and in contests by the clock.
#pragma once

#include "kernels/core/variant.h"

/// Such a row in a table, comma included; nothing in builds without CUDA or without the library's header.
#if SONOGRAD_HAS_CUDA && __has_include(<cublas_v2.h>)
#define SONOGRAD_CUBLAS_ROW(row) &vendor::row,
#else
#define SONOGRAD_CUBLAS_ROW(row)
#endif
#if SONOGRAD_HAS_CUDA && __has_include(<cudnn.h>)
#define SONOGRAD_CUDNN_ROW(row) &vendor::row,
#else
#define SONOGRAD_CUDNN_ROW(row)
#endif
#if SONOGRAD_HAS_CUDA && __has_include(<cufft.h>)
#define SONOGRAD_CUFFT_ROW(row) &vendor::row,
#else
#define SONOGRAD_CUFFT_ROW(row)
#endif
