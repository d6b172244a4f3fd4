// Tensor-core products of a warpgroup, four warps, straight from shared memory (compute capability 9.0a).
//
//   acc[64, 64] += a[64, 16] b[64, 16]^T       bf16 in tiles of 128-byte rows as `copy_tile` writes them
//
//   wgmma_fence();                             the accumulators are ready
//   wgmma(acc, a, b); …                        any number of products
//   wgmma_commit(); wgmma_wait<0>();           acc and the tiles may be accessed again
//
// Value 4 j + v of thread `rank` of the warpgroup is element (row, column) of acc: row rank / 32 * 16 + acc_row(lane, v),
// column 8 j + acc_col(lane, v) (mma.h).
#pragma once

#include <cstdint>

#include "kernels/simt/block.h"
#include "kernels/simt/mbarrier.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

inline constexpr int kWgmmaRows = 64, kWgmmaColumns = 64, kWgmmaK = 16, kWgmmaValues = 32;

/// Descriptor of an operand: rows of 128 bytes, permuted as by `copy_tile`, from shared-memory address `address` on.
__device__ constexpr std::uint64_t encode_operand(std::uint64_t address) {
  constexpr std::uint64_t kEightRows = 1024 >> 4, kSwizzle128 = 1;
  return (address & 0x3ffff) >> 4 | std::uint64_t{1} << 16 | kEightRows << 32 | kSwizzle128 << 62;
}

#if defined(__CUDACC__)

/// Descriptor of the 16 columns of `tile` from `k` on, a multiple of 16. The tile must be aligned to 1024 bytes.
__device__ inline std::uint64_t wgmma_operand(const void* tile, int k) {
  return encode_operand(shared_address(tile) + static_cast<unsigned>(k) * 2);
}

__device__ inline void wgmma_fence() {
  asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
}

__device__ inline void wgmma(float (&d)[kWgmmaValues], std::uint64_t a, std::uint64_t b) {
  asm volatile(
      "{ .reg .pred p; setp.ne.b32 p, %34, 0;"
      "wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16 "
      "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
      "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31}, "
      "%32, %33, p, 1, 1, 0, 0; }"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]), "+f"(d[4]), "+f"(d[5]), "+f"(d[6]), "+f"(d[7]),
        "+f"(d[8]), "+f"(d[9]), "+f"(d[10]), "+f"(d[11]), "+f"(d[12]), "+f"(d[13]), "+f"(d[14]), "+f"(d[15]),
        "+f"(d[16]), "+f"(d[17]), "+f"(d[18]), "+f"(d[19]), "+f"(d[20]), "+f"(d[21]), "+f"(d[22]),
        "+f"(d[23]), "+f"(d[24]), "+f"(d[25]), "+f"(d[26]), "+f"(d[27]), "+f"(d[28]), "+f"(d[29]),
        "+f"(d[30]), "+f"(d[31])
      : "l"(a), "l"(b), "r"(1));
}

__device__ inline void wgmma_commit(Place = Place::here()) {
  asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}
/// Waits until all commits of this warpgroup except the youngest `kPending` are complete.
template <int kPending>
__device__ void wgmma_wait(Place = Place::here()) {
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(kPending) : "memory");
}

#else

inline std::uint64_t wgmma_operand(const void* tile, int k, Place place = Place::here()) {
  emulator::check_aligned(tile, 1024, place);
  const auto offset = static_cast<const std::byte*>(tile) - emulator::self().block->shared.base();
  return encode_operand(static_cast<std::uint64_t>(offset + k * 2));
}

inline void wgmma_fence() {}

inline void wgmma(float (&acc)[kWgmmaValues], std::uint64_t a, std::uint64_t b) {
  emulator::Thread& thread = emulator::self();
  thread.products.add({acc, a, b, thread.rank % 128, thread.block->shared.base()});
}

// Waits for all lanes: products issued by a part of a warp are an error.
inline void wgmma_commit(Place place = Place::here()) {
  emulator::Thread& thread = emulator::self();
  thread.products.commit();
  if (!thread.block->late_copies) thread.products.wait(0);
  sync_warp(place);
}

template <int kPending>
void wgmma_wait(Place place = Place::here()) {
  emulator::self().products.wait(kPending);
  sync_warp(place);
}

#endif

}  // namespace sonograd::kernels::SONOGRAD_TARGET
