// Cooperation of blocks: atomics, flags and the grid barrier.
#include "kernels/simt/grid_barrier.h"
#include "kernels/simt/simt.h"
#include "tests/simt/primitive.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr unsigned kThreads = 64, kBlocks = 3;

struct CounterBuffers {
  WordBuffers words;
  unsigned* counters;  // zeros: the last words of `out`
};

constexpr unsigned kCounters = 4;
CounterBuffers with_counters(const WordBuffers& p) {
  return {p, p.out + kBlocks * kThreads};
}

// Each thread gets its rank among all from a counter; the order is free, the set of ranks is not.
__global__ void atomics_kernel(CounterBuffers p) {
  p.words.out[atomic_add(p.counters, 1)] = 1;
  atomic_max(p.counters + 1, p.words.in[blockIdx.x * kThreads + threadIdx.x] % 1000);
}

// Every block reads what the next one wrote, three times.
__global__ void grid_barrier_kernel(CounterBuffers p) {
  const unsigned rank = blockIdx.x * kThreads + threadIdx.x, count = gridDim.x * kThreads;
  unsigned x = p.words.in[rank];
  for (int round = 0; round < 3; ++round) {
    p.words.out[rank] = x;
    sync_grid();
    x = p.words.out[(rank + kThreads) % count] + 1;
    sync_grid();
  }
  p.words.out[rank] = x;
}

// Block 0 starts a chain; each block waits for the one before.
__global__ void flags_kernel(CounterBuffers p) {
  const unsigned rank = blockIdx.x * kThreads + threadIdx.x;
  if (blockIdx.x > 0 && threadIdx.x == 0) wait_until(p.counters, blockIdx.x);
  sync_block();
  p.words.out[rank] = p.words.in[rank] + (blockIdx.x > 0 ? p.words.out[rank - kThreads] : 0);
  fence_device();
  sync_block();
  if (threadIdx.x == 0) store_release(p.counters, blockIdx.x + 1);
}

using Kernel = void (*)(CounterBuffers);

Primitive blocks(std::string_view name, Kernel kernel, bool cooperative,
                 std::function<Words(const Words&)> expected) {
  constexpr std::size_t kAll = kBlocks * kThreads;
  const auto start = cooperative ? launch_cooperative<Kernel> : launch<Kernel>;
  return {name,
          kAll,
          kAll + kCounters,
          some_word,
          [=](const WordBuffers& p) {
            start(name, kernel, {{kBlocks}, {kThreads}}, with_counters(p));
          },
          [=](const Words& in) {
            Words out = expected(in);
            out.resize(kAll + kCounters);
            return out;
          }};
}

}  // namespace

std::vector<Primitive> grid_primitives() {
  constexpr std::size_t kAll = kBlocks * kThreads;
  return {blocks("atomics", atomics_kernel, false,
                 [](const Words& in) {
                   Words out(kAll + 2, 1);
                   out[kAll] = kAll;
                   for (const std::uint32_t x : in) out[kAll + 1] = std::max(out[kAll + 1], x % 1000);
                   return out;
                 }),
          blocks("sync_grid", grid_barrier_kernel, true,
                 [](const Words& in) {
                   Words out(kAll);
                   for (std::size_t i = 0; i < kAll; ++i) out[i] = in[i] + 3;
                   return out;
                 }),
          blocks("flags", flags_kernel, true, [](const Words& in) {
            Words out(in);
            out.resize(kAll + 1, kBlocks);
            for (std::size_t i = kThreads; i < kAll; ++i) out[i] += out[i - kThreads];
            return out;
          })};
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
