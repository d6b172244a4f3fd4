#include "kernels/simt/grid_barrier.h"
#include "kernels/simt/mma.h"
#include "kernels/simt/simt.h"
#include "tests/simt/calibration.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr unsigned kThreads = 256;

struct Copy {
  const float* x;
  float* y;
  std::int64_t vectors;
};

SONOGRAD_KERNEL(kThreads, copy_kernel, Copy p) {
  const std::int64_t i = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (i < p.vectors) store_vec(p.y + 4 * i, load_vec<4>(p.x + 4 * i));
}

// Fragments of ones, which need no particular place.
template <class T>
SONOGRAD_KERNEL(kProductWarps* kWarpSize, products_kernel, Products p) {
  constexpr std::uint32_t kOnes = sizeof(T) == 4 ? 0x3f800000u : 0x3f803f80u;
  FragmentA<T> a[kProductTiles];
  FragmentB<T> b[kProductTiles];
  SONOGRAD_UNROLL
  for (int i = 0; i < kProductTiles; ++i) {
    SONOGRAD_UNROLL
    for (std::uint32_t& word : a[i].words) word = kOnes;
    SONOGRAD_UNROLL
    for (std::uint32_t& word : b[i].words) word = kOnes;
  }
  Accumulator acc[kProductTiles][kProductTiles] = {};
  for (int round = 0; round < p.rounds; ++round) mma(acc, a, b);
  float least = acc[0][0].values[0];
  SONOGRAD_UNROLL
  for (int i = 0; i < kProductTiles * kProductTiles; ++i) {
    SONOGRAD_UNROLL
    for (const float value : acc[i / kProductTiles][i % kProductTiles].values)
      least = value < least ? value : least;
  }
  if (threadIdx.x % kWarpSize == 0) p.out[blockIdx.x * kProductWarps + threadIdx.x / kWarpSize] = least;
}

SONOGRAD_KERNEL(kThreads, multiply_adds_kernel, Products p) {
  float sums[8] = {};
  const float one = p.rounds > 0 ? 1.0f : 0.0f;
  for (int round = 0; round < p.rounds; ++round) {
    SONOGRAD_UNROLL
    for (int i = 0; i < 8; ++i) sums[i] = sums[i] * one + one;
  }
  float least = sums[0];
  SONOGRAD_UNROLL
  for (int i = 1; i < 8; ++i) least = sums[i] < least ? sums[i] : least;
  p.out[blockIdx.x * kThreads + threadIdx.x] = least;
}

struct Counter {
  std::int32_t* value;
};

__global__ void add_one_kernel(Counter p) {
  if (threadIdx.x == 0) *p.value += 1;
}

SONOGRAD_KERNEL(kThreads, block_barriers_kernel, Rounds p) {
  int count = 0;
  for (int round = 0; round < p.count; ++round, ++count) sync_block();
  if (threadIdx.x == 0) p.out[blockIdx.x] = count;
}

SONOGRAD_KERNEL(kThreads, grid_barriers_kernel, Rounds p) {
  int count = 0;
  for (int round = 0; round < p.count; ++round, ++count) sync_grid();
  if (threadIdx.x == 0) p.out[blockIdx.x] = count;
}

}  // namespace

void copy_vectors(const float* x, float* y, std::int64_t vectors) {
  launch("copy_vectors", copy_kernel, {{blocks_for(vectors, kThreads)}, {kThreads}}, {x, y, vectors});
}

void products_tf32(const Products& p) {
  launch("products_tf32", products_kernel<float>, {{p.blocks}, {kProductWarps * kWarpSize}}, p);
}

void products_bf16(const Products& p) {
  launch("products_bf16", products_kernel<bf16>, {{p.blocks}, {kProductWarps * kWarpSize}}, p);
}

void multiply_adds(const Products& p) {
  launch("multiply_adds", multiply_adds_kernel, {{p.blocks}, {kThreads}}, p);
}

void add_one(std::int32_t* counter) {
  launch("add_one", add_one_kernel, {{1}, {kWarpSize}}, {counter});
}

void block_barriers(const Rounds& p) {
  launch("block_barriers", block_barriers_kernel, {{p.blocks}, {kThreads}}, p);
}

void grid_barriers(const Rounds& p) {
  launch_cooperative("grid_barriers", grid_barriers_kernel, {{p.blocks}, {kThreads}}, p);
}

unsigned resident_calibration_blocks() {
  return resident_blocks(grid_barriers_kernel, kThreads);
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
