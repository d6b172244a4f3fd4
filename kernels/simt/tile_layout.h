// A matrix in global memory as the tensor memory accelerator sees it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tensor/dtype.h"

namespace sonograd::kernels {

/// A row-major matrix of bfloat16 and the tile that is copied from it.
struct TileLayout {
  const bf16* data;            ///< aligned to 16 bytes
  std::int64_t rows, columns;  ///< 1 to 2^32 each; beyond them are zeros
  std::int64_t pitch;          ///< elements from one row to the next: a multiple of 8, below 2^39
  int tile_rows;               ///< 1 to 256; a tile has 64 columns
};

/// Throws KernelError, with the rule, for a layout that the hardware does not take.
void check_tile_layout(const TileLayout& layout);

namespace cuda {

/// The hardware's encoding of a layout.
struct alignas(64) TileMap {
  std::byte bytes[128];
};
/// Throws KernelError for a layout outside of the rules, DeviceError when the driver does not take it.
TileMap make_tile_map(const TileLayout& layout);

}  // namespace cuda

namespace emulator {

using TileMap = TileLayout;
/// Throws KernelError for a layout outside of the rules.
TileMap make_tile_map(const TileLayout& layout);

}  // namespace emulator

}  // namespace sonograd::kernels
