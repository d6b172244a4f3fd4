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

// A launch of more threads than the kernel declares is refused, even if there are registers for them.
SONOGRAD_KERNEL(kThreads, bounded_kernel, PlantedParams p) {
  p.words.out[thread_rank()] = p.words.in[thread_rank()];
}

SONOGRAD_KERNEL_RESIDENT(kThreads, 2, resident_kernel, PlantedParams p) {
  p.words.out[thread_rank()] = p.words.in[thread_rank()];
}

#if !defined(__CUDACC__)
// nvcc does not compile these.
template <std::size_t kBytes>
struct Bytes {
  unsigned char bytes[kBytes];
};
static_assert(LaunchableKernel<void (*)(Bytes<32764>)> && !LaunchableKernel<void (*)(Bytes<32765>)>);

__global__ void static_kernel(PlantedParams p) {
  constexpr std::size_t kMost = 48 * 1024 / sizeof(std::uint32_t);
  struct Smem {
    std::uint32_t words[kThreads];
  };
  struct Rest {
    std::uint32_t words[kMost - kThreads];
  };
  struct OneMore {
    std::uint32_t word;
  };
  Smem& smem = shared<Smem>();
  shared<Rest>().words[threadIdx.x] = 0;
  if (p.planted) shared<OneMore>().word = 0;
  smem.words[threadIdx.x] = p.words.in[threadIdx.x];
  p.words.out[threadIdx.x] = smem.words[threadIdx.x];
}
#endif

std::uint32_t same_word(const Words& in, std::size_t i) {
  return in[i];
}

template <LaunchableKernel Kernel>
PlantedBug refused(std::string_view name, std::string_view message, Grid allowed, Grid beyond,
                   Kernel kernel) {
  return {name, message, kThreads,
          [=](const WordBuffers& words, bool planted) {
            launch(name, kernel, planted ? beyond : allowed, {words, planted});
          },
          same_word};
}

PlantedBug refused(std::string_view name, std::string_view message, Grid allowed, Grid beyond) {
  return refused(name, message, allowed, beyond, copy_kernel);
}

PlantedBug refused_together(std::string_view name, std::string_view message) {
  return {
      name, message, kThreads,
      [=](const WordBuffers& words, bool planted) {
        const unsigned most = resident_blocks(copy_kernel, kThreads);
        launch_cooperative(name, copy_kernel, {{planted ? most + 1 : most}, {kThreads}}, {words, planted});
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
  std::vector<PlantedBug> list = {
      refused("grid along x", kGrid, {{3}, {kThreads}}, {{0x80000000u}, {kThreads}}),
      refused("grid along y", kGrid, {{1, 3}, {kThreads}}, {{1, 65536}, {kThreads}}),
      refused("grid along z", kGrid, {{1, 1, 3}, {kThreads}}, {{1, 1, 65536}, {kThreads}}),
      refused("empty grid along z", kGrid, {{1}, {kThreads}}, {{0, 1, 65536}, {kThreads}}),
      refused("block along x", "1024x1024x64 threads along its axes", {{1}, {1024}}, {{1}, {1056}}),
      refused("block along y", "1024x1024x64 threads along its axes", {{1}, {1, 1024}}, {{1}, {1, 1056}}),
      refused("block along z", "1024x1024x64 threads along its axes", {{1}, {4, 4, 64}}, {{1}, {4, 2, 128}}),
      refused("threads of a block", "32, 64, ... 1024 threads", {{1}, {1024}}, {{1}, {1024, 2}}),
      refused("part of a warp", "32, 64, ... 1024 threads", {{1}, {96}}, {{1}, {100}}),
      refused("no threads", "32, 64, ... 1024 threads", {{1}, {kThreads}}, {{1}, {kThreads, 0}}),
      refused("launch bounds", "the kernel declares at most 64 threads of a block, got 96", {{1}, {kThreads}},
              {{1}, {kThreads + 32}}, bounded_kernel),
      refused("launch bounds over all axes", "the kernel declares at most 64 threads of a block, got 128",
              {{1}, {16, 2, 2}}, {{1}, {16, 2, 4}}, bounded_kernel),
      refused("launch bounds of resident blocks",
              "the kernel declares at most 64 threads of a block, got 1024", {{1}, {kThreads}}, {{1}, {1024}},
              resident_kernel),
      refused_together("blocks of a cooperative launch", "3 blocks of a cooperative launch at a time, got 4"),
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
#if !defined(__CUDACC__)
  list.push_back(refused("static shared memory", "at most 49152 bytes of static shared memory",
                         {{1}, {kThreads}}, {{1}, {kThreads}}, static_kernel));
#endif
  return list;
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
