// Launches beyond a limit of CUDA, and tile maps that the hardware does not support. A flag plants them.
#include "kernels/simt/simt.h"
#include "kernels/simt/tile_copy.h"
#include "tests/simt/planted_bug.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr unsigned kThreads = 64;

// The first block copies; the others have nothing to do.
__global__ void copy_kernel(PlantedParams p) {
  if (blockIdx.x + blockIdx.y + blockIdx.z > 0 || thread_rank() >= kThreads) return;
  p.words.out[thread_rank()] = p.words.in[thread_rank()];
}

__global__ void static_and_dynamic_kernel(PlantedParams p) {
  struct Smem {
    std::uint32_t words[kThreads];
  };
  Smem& smem = shared<Smem>();
  smem.words[threadIdx.x] = p.words.in[threadIdx.x];
  p.words.out[threadIdx.x] = smem.words[threadIdx.x];
}

std::uint32_t same_word(const Words& in, std::size_t i) {
  return in[i];
}

PlantedBug refused(std::string_view name, std::string_view message, Grid allowed, Grid beyond,
                   void (*kernel)(PlantedParams) = copy_kernel) {
  return {name, message, kThreads,
          [=](const WordBuffers& words, bool planted) {
            launch(name, kernel, planted ? beyond : allowed, {words, planted});
          },
          same_word};
}

// A matrix of the input from its element `offset` on.
PlantedBug refused_map(std::string_view name, std::string_view message, TileLayout beyond, int offset = 0) {
  return {name, message, kThreads,
          [=](const WordBuffers& words, bool planted) {
            TileLayout layout = planted ? beyond : TileLayout{nullptr, 4, 16, 16, 4};
            layout.data = reinterpret_cast<const bf16*>(words.in) + (planted ? offset : 0);
            make_tile_map(layout);
            launch(name, copy_kernel, {{1}, {kThreads}}, {words, planted});
          },
          same_word};
}

}  // namespace

std::vector<PlantedBug> refused_launches() {
  constexpr std::string_view kGrid = "a grid has at most 2147483647x65535x65535 blocks";
  constexpr std::size_t kMostShared = 227 * 1024, kStatic = kThreads * sizeof(std::uint32_t);
  return {
      refused("grid along x", kGrid, {{3}, {kThreads}}, {{0x80000000u}, {kThreads}}),
      refused("grid along y", kGrid, {{1, 3}, {kThreads}}, {{1, 65536}, {kThreads}}),
      refused("grid along z", kGrid, {{1, 1, 3}, {kThreads}}, {{1, 1, 65536}, {kThreads}}),
      refused("empty grid along z", kGrid, {{1}, {kThreads}}, {{0, 1, 65536}, {kThreads}}),
      refused("block along z", "1024x1024x64 threads along its axes", {{1}, {4, 4, 64}}, {{1}, {4, 2, 128}}),
      refused("threads of a block", "32, 64, ... 1024 threads", {{1}, {1024}}, {{1}, {1024, 2}}),
      refused("part of a warp", "32, 64, ... 1024 threads", {{1}, {96}}, {{1}, {100}}),
      refused("dynamic shared memory", "at most 232448 bytes of shared memory",
              {{1}, {kThreads}, kMostShared}, {{1}, {kThreads}, kMostShared + 1}),
      refused("static and dynamic shared memory", "static and dynamic together",
              {{1}, {kThreads}, kMostShared - kStatic}, {{1}, {kThreads}, kMostShared - kStatic + 1},
              static_and_dynamic_kernel),
      refused_map("tile map, base", "must start at a multiple of 16 bytes", {nullptr, 4, 16, 16, 4}, 1),
      refused_map("tile map, pitch", "the pitch must be a multiple of 8", {nullptr, 4, 16, 20, 4}),
      refused_map("tile map, no pitch", "the pitch must be a multiple of 8", {nullptr, 4, 16, 0, 4}),
      refused_map("tile map, no rows", "extents must be 1 to 2^32", {nullptr, 0, 16, 16, 4}),
      refused_map("tile map, no columns", "extents must be 1 to 2^32", {nullptr, 4, 0, 16, 4}),
      refused_map("tile map, box", "1 to 256 rows, got 257", {nullptr, 400, 16, 16, 257}),
      refused_map("tile map, empty box", "1 to 256 rows, got 0", {nullptr, 4, 16, 16, 0}),
  };
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
