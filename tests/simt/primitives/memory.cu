// Vector accesses, asynchronous copies, and subnormal numbers.
#include "kernels/simt/async_copy.h"
#include "kernels/simt/simt.h"
#include "tests/simt/primitive.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr unsigned kThreads = 64;

__global__ void vectors_kernel(WordBuffers p) {
  const auto four = load_vec<4>(p.in + 4 * threadIdx.x);
  Vec<std::uint32_t, 4> turned;
  for (int i = 0; i < 4; ++i) turned[i] = four[3 - i];
  store_vec(p.out + 4 * threadIdx.x, turned);
}

// Rounds of copies through two buffers; a round's copies run while the one before is read.
__global__ void copies_kernel(WordBuffers p) {
  constexpr unsigned kRounds = 5;
  struct Smem {
    alignas(16) std::uint32_t words[2][4 * kThreads];
  };
  Smem& smem = shared<Smem>();
  const auto fetch = [&](unsigned round) {
    if (round < kRounds) {
      copy_async<16>(&smem.words[round % 2][4 * threadIdx.x], p.in + 4 * (round * kThreads + threadIdx.x));
    }
    commit_copies();
  };
  fetch(0);
  for (unsigned round = 0; round < kRounds; ++round) {
    fetch(round + 1);
    wait_copies<1>();
    sync_block();
    for (unsigned i = 0; i < 4; ++i) {
      p.out[(round * 4 + i) * kThreads + threadIdx.x] =
          smem.words[round % 2][i * kThreads + (threadIdx.x ^ 33)];
    }
    sync_block();
  }
}

// Thread i copies i % 17 of 16 bytes; the others become zeros.
__global__ void partial_copies_kernel(WordBuffers p) {
  struct Smem {
    alignas(16) std::uint32_t words[4 * kThreads];
  };
  Smem& smem = shared<Smem>();
  copy_async<16>(&smem.words[4 * threadIdx.x], p.in + 4 * threadIdx.x, threadIdx.x % 17);
  commit_copies();
  wait_copies<0>();
  for (unsigned i = 0; i < 4; ++i) p.out[4 * threadIdx.x + i] = smem.words[4 * threadIdx.x + i];
}

__global__ void small_copies_kernel(WordBuffers p) {
  struct Smem {
    alignas(16) std::uint32_t words[4 * kThreads];
  };
  Smem& smem = shared<Smem>();
  copy_async<8>(&smem.words[4 * threadIdx.x], p.in + 4 * threadIdx.x + 2);
  copy_async<4>(&smem.words[4 * threadIdx.x + 2], p.in + 4 * threadIdx.x + 1);
  copy_async<4>(&smem.words[4 * threadIdx.x + 3], p.in + 4 * threadIdx.x);
  commit_copies();
  wait_copies<0>();
  for (unsigned i = 0; i < 4; ++i) p.out[4 * threadIdx.x + i] = smem.words[4 * threadIdx.x + i];
}

// The smallest normal number, halved.
__global__ void subnormals_kernel(WordBuffers p) {
  p.out[threadIdx.x] = std::bit_cast<std::uint32_t>(std::bit_cast<float>(p.in[threadIdx.x]) * 0.5f);
}

template <class Kernel>
Primitive one_block(std::string_view name, Kernel kernel, std::size_t words,
                    std::function<std::uint32_t(const Words&, std::size_t)> expected) {
  return {name,
          words,
          words,
          some_word,
          [=](const WordBuffers& p) {
            launch(name, kernel, {{1}, {kThreads}}, p);
          },
          [=](const Words& in) {
            Words out(words);
            for (std::size_t i = 0; i < words; ++i) out[i] = expected(in, i);
            return out;
          }};
}

}  // namespace

std::vector<Primitive> memory_primitives() {
  std::vector<Primitive> list = {
      one_block("vectors", vectors_kernel, 4 * kThreads,
                [](const Words& in, std::size_t i) { return in[i ^ 3]; }),
      one_block("copies", copies_kernel, 20 * kThreads,
                [](const Words& in, std::size_t i) { return in[i ^ 33]; }),
      one_block("partial_copies", partial_copies_kernel, 4 * kThreads,
                [](const Words& in, std::size_t i) {
                  const std::size_t valid = i / 4 % 17, first = i % 4 * 4;
                  if (valid <= first) return 0u;
                  return valid >= first + 4 ? in[i] : in[i] & ((1u << 8 * (valid - first)) - 1);
                }),
      one_block("small_copies", small_copies_kernel, 4 * kThreads,
                [](const Words& in, std::size_t i) {
                  constexpr std::size_t kFrom[] = {2, 3, 1, 0};
                  return in[i / 4 * 4 + kFrom[i % 4]];
                }),
      one_block("subnormals_are_flushed", subnormals_kernel, kThreads,
                [](const Words&, std::size_t) { return 0u; }),
  };
  list.back().input = [](std::size_t) { return 0x00800000u; };
  return list;
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
