#include "kernels/simt/tile_layout.h"

#include "tensor/support/error.h"

namespace sonograd::kernels {

void check_tile_layout(const TileLayout& layout) {
  const auto& [data, rows, columns, pitch, tile_rows] = layout;
  const auto expect = [](bool holds, const auto&... rule) {
    if (!holds) throw KernelError(concat("[tile map] ", rule...));
  };
  constexpr std::int64_t kMostExtent = std::int64_t{1} << 32, kMostPitch = std::int64_t{1} << 39;
  expect(reinterpret_cast<std::uintptr_t>(data) % 16 == 0, "the matrix must start at a multiple of 16 bytes");
  expect(rows >= 1 && rows <= kMostExtent && columns >= 1 && columns <= kMostExtent,
         "extents must be 1 to 2^32, got ", rows, 'x', columns);
  expect(pitch > 0 && pitch % 8 == 0 && pitch < kMostPitch,
         "the pitch must be a multiple of 8 elements below 2^39, got ", pitch);
  expect(tile_rows >= 1 && tile_rows <= 256, "a tile must have 1 to 256 rows, got ", tile_rows);
}

TileLayout emulator::make_tile_map(const TileLayout& layout) {
  check_tile_layout(layout);
  return layout;
}

}  // namespace sonograd::kernels
