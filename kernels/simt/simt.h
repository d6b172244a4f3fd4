// The device language, included by every .cu file. A kernel is plain CUDA C++ that is compiled by nvcc into the namespace
// `cu` and by the host compiler into `emu`, where its threads are fibers (kernels/simt/emulator/emulator.h). The build
// defines SONOGRAD_TARGET as that namespace.
//
// Kernels are declared by SONOGRAD_KERNEL (keywords.h), take one parameter, a struct by value, and start with `launch`. They use
// this language instead of bare CUDA for shared memory (`shared`, `dynamic_shared`), barriers, collective operations of
// warps, vector accesses, atomics and assertions. Blocks are whole warps.
#pragma once

#ifndef SONOGRAD_TARGET
#error "kernels are compiled through sonograd_kernel_sources (cmake/SonogradModule.cmake)"
#endif

#include "kernels/simt/atomic.h"
#include "kernels/simt/barrier.h"
#include "kernels/simt/block.h"
#include "kernels/simt/keywords.h"
#include "kernels/simt/launch.h"
#include "kernels/simt/shared.h"
#include "kernels/simt/vector.h"
#include "kernels/simt/warp.h"
