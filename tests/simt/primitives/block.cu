// Barriers, shared memory and reductions of one block; indices of threads and blocks.
#include "kernels/simt/simt.h"
#include "tests/simt/primitive.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr unsigned kThreads = 256;

// Through shared memory and back to front, twice: the second round overwrites what the first one read.
__global__ void reverse_twice_kernel(WordBuffers p) {
  struct Smem {
    std::uint32_t words[kThreads];
  };
  Smem& smem = shared<Smem>();
  std::uint32_t x = p.in[threadIdx.x];
  for (unsigned round = 0; round < 2; ++round) {
    smem.words[threadIdx.x] = x + round;
    sync_block();
    x = smem.words[kThreads - 1 - threadIdx.x];
    sync_block();
  }
  p.out[threadIdx.x] = x;
}

// Warps 0-3 and 4-7 wait for their own half only.
__global__ void named_barriers_kernel(WordBuffers p) {
  struct Smem {
    std::uint32_t words[kThreads];
  };
  Smem& smem = shared<Smem>();
  const unsigned half = threadIdx.x / 128;
  smem.words[threadIdx.x] = p.in[threadIdx.x];
  sync_named(half + 1, 128);
  p.out[threadIdx.x] = smem.words[half * 128 + 127 - threadIdx.x % 128];
}

__global__ void dynamic_shared_kernel(WordBuffers p) {
  auto* words = dynamic_shared<std::uint32_t>();
  constexpr unsigned kStride = 60;  // beyond 48 KiB
  words[threadIdx.x * kStride] = p.in[threadIdx.x];
  sync_block();
  p.out[threadIdx.x] = words[(threadIdx.x ^ 1) * kStride];
}

__global__ void block_sum_kernel(WordBuffers p) {
  p.out[threadIdx.x] = block_sum(p.in[threadIdx.x]) + block_sum(1u);
}

__global__ void indices_kernel(WordBuffers p) {
  const unsigned block = (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
  const unsigned at = block * block_threads() + thread_rank();
  p.out[at] = p.in[at] + threadIdx.x + 10 * threadIdx.y + 100 * threadIdx.z;
}

template <class Kernel>
Primitive one_block(std::string_view name, Kernel kernel, std::size_t shared_bytes,
                    std::function<std::uint32_t(const Words&, std::size_t)> expected) {
  return {name,
          kThreads,
          kThreads,
          some_word,
          [=](const WordBuffers& p) {
            launch(name, kernel, {{1}, {kThreads}, shared_bytes}, p);
          },
          [expected](const Words& in) {
            Words out(kThreads);
            for (std::size_t i = 0; i < kThreads; ++i) out[i] = expected(in, i);
            return out;
          }};
}

Primitive indices() {
  constexpr Dim kBlocks{3, 2, 2}, kBlock{8, 4, 2};
  constexpr std::size_t kAll = kBlocks.count() * kBlock.count();
  return {"indices",
          kAll,
          kAll,
          some_word,
          [=](const WordBuffers& p) {
            launch("indices", indices_kernel, {kBlocks, kBlock}, p);
          },
          [=](const Words& in) {
            Words out(in);
            for (std::size_t i = 0; i < kAll; ++i) {
              out[i] += static_cast<std::uint32_t>(i % 8 + 10 * (i / 8 % 4) + 100 * (i / 32 % 2));
            }
            return out;
          }};
}

}  // namespace

std::vector<Primitive> block_primitives() {
  return {
      one_block("sync_block", reverse_twice_kernel, 0,
                [](const Words& in, std::size_t i) { return in[i] + 1; }),
      one_block("sync_named", named_barriers_kernel, 0,
                [](const Words& in, std::size_t i) { return in[i ^ 127]; }),
      one_block("dynamic_shared", dynamic_shared_kernel, kThreads * 60 * 4,
                [](const Words& in, std::size_t i) { return in[i ^ 1]; }),
      one_block("block_sum", block_sum_kernel, 0,
                [](const Words& in, std::size_t) {
                  std::uint32_t sum = kThreads;
                  for (const std::uint32_t x : in) sum += x;
                  return sum;
                }),
      indices(),
  };
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
