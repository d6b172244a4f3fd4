// Rows of vendor libraries, for comparison with ours: they run by name, and in timing runs (`--kernels fastest`).
#pragma once

#include "kernels/core/variant.h"

/// Such a row in a table, comma included; empty in builds without CUDA or without the header of the library.
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
