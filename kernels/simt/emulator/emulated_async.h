// Asynchronous operations of emulated threads: copies to shared memory and products of warpgroups.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/simt/emulator/emulated_mbarrier.h"
#include "kernels/simt/tile_layout.h"

namespace sonograd::kernels::emulator {

/// A copy by cp.async: zeros after the first `valid` of `bytes` bytes.
struct Copy {
  void* to;
  const void* from;
  std::size_t bytes, valid;

  void land() const {
    std::memcpy(to, from, valid);
    std::memset(static_cast<std::byte*>(to) + valid, 0, bytes - valid);
  }
};

/// A tile copy of the tensor memory accelerator: see tile_copy.h.
struct TileCopy {
  TileLayout map;
  std::byte* to;
  int row, column;
  Mbarrier* barrier;

  void land() const;
};

/// One thread's part of acc[64, 64] += a[64, 16] b[64, 16]^T: see wgmma.h. `a` and `b` are matrix descriptors.
struct Wgmma {
  float* acc;
  std::uint64_t a, b;
  unsigned rank;            ///< number of the thread in the warpgroup
  const std::byte* shared;  ///< base of the addresses of descriptors

  void land() const;
};

}  // namespace sonograd::kernels::emulator
