// Copies of whole tiles from global to shared memory by the tensor memory accelerator (compute capability 9.0): one thread
// issues a copy, and the phase of an mbarrier ends when the bytes have arrived.
//
// A tile has rows of 128 bytes. Elements outside the matrix become zeros. The 16-byte chunks of a row are permuted so that
// equal chunks of eight rows are in different banks: chunk c of row r is at place c ^ (r % 8), the layout that wgmma reads.
// The target must be aligned to 1024 bytes.
#pragma once

#include <cstdint>

#include "kernels/simt/mbarrier.h"
#include "kernels/simt/tile_layout.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

#if defined(__CUDACC__)
using cuda::make_tile_map;
using cuda::TileMap;
#else
using emulator::make_tile_map;
using emulator::TileMap;
#endif

inline constexpr int kTileRowBytes = 128;

#if defined(__CUDACC__)

/// Issues the copy of the tile whose first element is (row, column) of the matrix, `tile_rows` rows of 128 bytes, which count
/// at `barrier`. To be called by one thread; the map must be in the parameter of the kernel: `const __grid_constant__ Params p`.
__device__ inline void copy_tile(void* to_shared, const TileMap& map, int row, int column, Mbarrier& barrier,
                                 Place = Place::here()) {
  asm volatile(
      "cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%2, %3}], "
      "[%4];" ::"r"(shared_address(to_shared)),
      "l"(reinterpret_cast<std::uint64_t>(&map)), "r"(column), "r"(row), "r"(shared_address(&barrier))
      : "memory");
}

#else

inline void copy_tile(void* to_shared, const TileMap& map, int row, int column, Mbarrier& barrier,
                      Place place = Place::here()) {
  emulator::copy_tile({map, static_cast<std::byte*>(to_shared), row, column, &barrier}, place);
}

#endif

}  // namespace sonograd::kernels::SONOGRAD_TARGET
