// Bugs that break no rule the emulator checks at run time, but whose results depend on behaviour that CUDA leaves undefined:
// some seeds expose each of them. A flag plants them.
#include "kernels/simt/async_copy.h"
#include "kernels/simt/simt.h"
#include "tests/simt/planted_bug.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr unsigned kThreads = 64, kRounds = 4;

struct Smem {
  alignas(16) std::uint32_t words[2][kThreads];
};

__global__ void missing_barrier_kernel(PlantedParams p) {
  Smem& smem = shared<Smem>();
  smem.words[0][threadIdx.x] = p.words.in[threadIdx.x];
  if (!p.planted) sync_block();
  p.words.out[threadIdx.x] = smem.words[0][threadIdx.x ^ 63];
}

__global__ void missing_warp_barrier_kernel(PlantedParams p) {
  Smem& smem = shared<Smem>();
  smem.words[0][threadIdx.x] = p.words.in[threadIdx.x];
  if (!p.planted) sync_warp();
  p.words.out[threadIdx.x] = smem.words[0][threadIdx.x ^ 31];
}

// One buffer, written again before all have read it.
__global__ void missing_second_barrier_kernel(PlantedParams p) {
  Smem& smem = shared<Smem>();
  for (unsigned round = 0; round < kRounds; ++round) {
    smem.words[0][threadIdx.x] = p.words.in[round * kThreads + threadIdx.x];
    sync_block();
    p.words.out[round * kThreads + threadIdx.x] = smem.words[0][threadIdx.x ^ 63];
    if (!p.planted) sync_block();
  }
}

// Two buffers of asynchronous copies; a copy is issued into the one that others still read.
__global__ void early_copy_kernel(PlantedParams p) {
  Smem& smem = shared<Smem>();
  const auto fetch = [&](unsigned round) {
    if (round < kRounds) {
      copy_async<4>(&smem.words[round % 2][threadIdx.x], p.words.in + round * kThreads + threadIdx.x);
    }
    commit_copies();
  };
  fetch(0);
  fetch(1);
  for (unsigned round = 0; round < kRounds; ++round) {
    wait_copies<1>();
    sync_block();
    p.words.out[round * kThreads + threadIdx.x] = smem.words[round % 2][threadIdx.x ^ 63];
    if (!p.planted) sync_block();
    fetch(round + 2);
  }
}

__global__ void missing_copy_wait_kernel(PlantedParams p) {
  Smem& smem = shared<Smem>();
  copy_async<4>(&smem.words[0][threadIdx.x], p.words.in + threadIdx.x);
  commit_copies();
  if (!p.planted) wait_copies<0>();
  sync_block();
  p.words.out[threadIdx.x] = smem.words[0][threadIdx.x ^ 63];
}

// The maximum over 33 words, of which 32 were written. NaN has no effect: every comparison with it is false.
__global__ void unwritten_read_under_a_maximum_kernel(PlantedParams p) {
  struct Row {
    float values[kThreads];
  };
  Row& row = shared<Row>();
  const auto value = static_cast<float>(p.words.in[threadIdx.x] % 1000);
  if (threadIdx.x < 32) row.values[threadIdx.x] = value;
  sync_block();
  float most = 0;
  for (unsigned i = 0; i < (p.planted ? 33u : 32u); ++i) most = row.values[i] > most ? row.values[i] : most;
  p.words.out[threadIdx.x] = most < 1e9f ? static_cast<std::uint32_t>(most) : 0xdeadu;
}

__global__ void unwritten_output_kernel(PlantedParams p) {
  if (p.planted && threadIdx.x == 63) return;
  p.words.out[threadIdx.x] = p.words.in[threadIdx.x];
}

// Block 1 reads what block 0 writes.
__global__ void block_order_kernel(PlantedParams p) {
  const unsigned rank = blockIdx.x * kThreads + threadIdx.x;
  const bool reads = p.planted && blockIdx.x == 1;
  p.words.out[rank] = reads ? p.words.out[rank - kThreads] : p.words.in[rank];
}

using Expected = std::uint32_t (*)(const Words&, std::size_t);

PlantedBug bug(std::string_view name, void (*kernel)(PlantedParams), unsigned blocks, std::size_t words,
               Expected expected) {
  return {name, "", words,
          [=](const WordBuffers& buffers, bool planted) {
            launch(name, kernel, {{blocks}, {kThreads}}, {buffers, planted});
          },
          expected};
}

std::uint32_t same(const Words& in, std::size_t i) {
  return in[i];
}
std::uint32_t opposite(const Words& in, std::size_t i) {
  return in[i ^ 63];
}
std::uint32_t opposite_lane(const Words& in, std::size_t i) {
  return in[i ^ 31];
}
std::uint32_t most_of_32(const Words& in, std::size_t) {
  std::uint32_t most = 0;
  for (std::size_t i = 0; i < 32; ++i) most = std::max(most, in[i] % 1000);
  return most;
}

}  // namespace

std::vector<PlantedBug> hidden_bugs() {
  return {
      bug("missing barrier", missing_barrier_kernel, 1, kThreads, opposite),
      bug("missing barrier of a warp", missing_warp_barrier_kernel, 1, kThreads, opposite_lane),
      bug("missing second barrier", missing_second_barrier_kernel, 1, kRounds * kThreads, opposite),
      bug("copy into a buffer that is read", early_copy_kernel, 1, kRounds * kThreads, opposite),
      bug("missing wait on a copy", missing_copy_wait_kernel, 1, kThreads, opposite),
      bug("unwritten read under a maximum", unwritten_read_under_a_maximum_kernel, 1, kThreads, most_of_32),
      bug("unwritten output", unwritten_output_kernel, 1, kThreads, same),
      bug("order of blocks", block_order_kernel, 2, 2 * kThreads, same),
  };
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
