// Layout of a matrix in global memory for the tensor memory accelerator.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tensor/dtype.h"

namespace sonograd::kernels {

/// A row-major bf16 matrix and the size of the tiles that are copied from it.
struct TileLayout {
  const bf16* data;            ///< aligned to 16 bytes
  std::int64_t rows, columns;  ///< 1 to 2^32 each; elements beyond them are read as zeros
  std::int64_t pitch;          ///< elements from one row to the next: a multiple of 8, below 2^39
  int tile_rows;               ///< 1 to 256; a tile has 64 columns
};

/// Throws KernelError, with the rule, for a layout that the hardware does not support.
void check_tile_layout(const TileLayout& layout);

namespace cuda {

/// Encoding of a layout for the hardware.
struct alignas(64) TileMap {
  std::byte bytes[128];
};
/// Throws KernelError for a layout that the hardware does not support, DeviceError when the driver refuses it.
TileMap make_tile_map(const TileLayout& layout);

}  // namespace cuda

namespace emulator {

using TileMap = TileLayout;
/// Throws KernelError for a layout that the hardware does not support.
TileMap make_tile_map(const TileLayout& layout);

}  // namespace emulator

}  // namespace sonograd::kernels
