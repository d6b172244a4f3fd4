// Bugs that break a rule of CUDA: the emulator reports each with its place. A flag plants them.
#include "kernels/simt/async_copy.h"
#include "kernels/simt/simt.h"
#include "tests/simt/planted_bug.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr unsigned kThreads = 64;

__global__ void divergent_barrier_kernel(PlantedParams p) {
  if (p.planted && threadIdx.x % 3 == 0) {
    sync_block();
  } else {
    sync_block();
  }
  p.words.out[threadIdx.x] = p.words.in[threadIdx.x];
}

__global__ void barrier_after_leaving_kernel(PlantedParams p) {
  if (p.planted && threadIdx.x == 40) return;
  sync_block();
  p.words.out[threadIdx.x] = p.words.in[threadIdx.x];
}

__global__ void shuffle_after_leaving_kernel(PlantedParams p) {
  if (p.planted && threadIdx.x == 40) return;
  p.words.out[threadIdx.x] = warp_shuffle_xor(p.words.in[threadIdx.x], 0);
}

// Half a warp waits for lanes that wait for the block.
__global__ void divergent_warp_kernel(PlantedParams p) {
  const bool apart = p.planted && threadIdx.x >= 48;
  if (!apart) p.words.out[threadIdx.x] = warp_shuffle_xor(p.words.in[threadIdx.x], 0);
  sync_block();
}

// The second warp never arrives.
__global__ void missing_arrive_kernel(PlantedParams p) {
  const bool skips = p.planted && threadIdx.x >= 32;
  if (!skips) sync_named(1, kThreads);
  p.words.out[threadIdx.x] = p.words.in[threadIdx.x];
}

__global__ void misaligned_vector_kernel(PlantedParams p) {
  const unsigned four = threadIdx.x / 4 * 4;
  const auto values = load_vec<4>(p.words.in + (p.planted && four == 8 ? 9 : four));
  p.words.out[threadIdx.x] = values[static_cast<int>(threadIdx.x % 4)];
}

__global__ void misaligned_copy_kernel(PlantedParams p) {
  struct Smem {
    alignas(16) std::uint32_t words[kThreads + 4];
  };
  Smem& smem = shared<Smem>();
  const unsigned four = threadIdx.x / 4 * 4;
  if (threadIdx.x % 4 == 0) copy_async<16>(&smem.words[p.planted ? four + 1 : four], p.words.in + four);
  commit_copies();
  wait_copies<0>();
  sync_block();
  p.words.out[threadIdx.x] = smem.words[threadIdx.x];
}

__global__ void assertion_kernel(PlantedParams p) {
  SONOGRAD_ASSERT(!p.planted || threadIdx.x < 50);
  p.words.out[threadIdx.x] = p.words.in[threadIdx.x];
}

__global__ void too_much_shared_kernel(PlantedParams p) {
  struct Smem {
    std::uint32_t words[4096];
  };
  if (p.planted) shared<Smem>().words[threadIdx.x] = 0;
  p.words.out[threadIdx.x] = p.words.in[threadIdx.x];
}

// The other block may not have started: CUDA does not promise that both are on the device together.
__global__ void wait_for_a_block_kernel(PlantedParams p) {
  if (p.planted && threadIdx.x == 0) wait_until(p.words.in, 0xffffffffu);
  p.words.out[threadIdx.x] = p.words.in[threadIdx.x];
}

// No block ever sets the flag.
__global__ void missing_release_kernel(PlantedParams p) {
  unsigned* flag = p.words.out;
  if (threadIdx.x == 0) {
    *flag = 0;
    if (!p.planted) store_release(flag, 1);
    wait_until(flag, 1);
  }
  sync_block();
  p.words.out[threadIdx.x] = p.words.in[threadIdx.x];
}

std::uint32_t same_word(const Words& in, std::size_t i) {
  return in[i];
}

PlantedBug bug(std::string_view name, std::string_view message, void (*kernel)(PlantedParams),
               std::size_t shared_bytes = 0) {
  return {name, message, kThreads,
          [=](const WordBuffers& words, bool planted) {
            launch(name, kernel, {{1}, {kThreads}, shared_bytes}, {words, planted});
          },
          same_word};
}

}  // namespace

std::vector<PlantedBug> broken_rules() {
  std::vector<PlantedBug> list = {
      bug("divergent barrier", "divergent sync_block", divergent_barrier_kernel),
      bug("barrier after a thread has left", "has left the kernel", barrier_after_leaving_kernel),
      bug("shuffle after a lane has left", "left the kernel", shuffle_after_leaving_kernel),
      bug("divergent warp", "never happens", divergent_warp_kernel),
      bug("missing arrive", "waits in sync_named for something that never happens", missing_arrive_kernel),
      bug("misaligned vector", "access of 16 bytes", misaligned_vector_kernel),
      bug("misaligned copy", "access of 16 bytes", misaligned_copy_kernel),
      bug("failed assertion", "not true: !p.planted || threadIdx.x < 50", assertion_kernel),
      bug("too much shared memory", "at most 232448 bytes", too_much_shared_kernel, 220 * 1024),
      bug("wait for a block that may not run", "requires launch_cooperative", wait_for_a_block_kernel),
      bug("missing release", "waits in wait_until for something that never happens", missing_release_kernel),
  };
  list.back().run = [](const WordBuffers& words, bool planted) {
    launch_cooperative("missing release", missing_release_kernel, {{1}, {kThreads}}, {words, planted});
  };
  return list;
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
