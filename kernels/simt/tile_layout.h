// A matrix in global memory as the tensor memory accelerator sees it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tensor/dtype.h"

namespace sonograd::kernels {

/// A row-major matrix of bfloat16 and the tile that is copied from it.
struct TileLayout {
  const bf16* data;            ///< aligned to 16 bytes
  std::int64_t rows, columns;  ///< beyond them are zeros
  std::int64_t pitch;          ///< elements from one row to the next: a multiple of 8
  int tile_rows;               ///< at most 256; a tile has 64 columns
};

namespace cuda {

/// The hardware's encoding of a layout.
struct alignas(64) TileMap {
  std::byte bytes[128];
};
/// Throws DeviceError when the driver does not take the layout.
TileMap make_tile_map(const TileLayout& layout);

}  // namespace cuda

namespace emulator {

using TileMap = TileLayout;
inline TileMap make_tile_map(const TileLayout& layout) {
  return layout;
}

}  // namespace emulator

}  // namespace sonograd::kernels
