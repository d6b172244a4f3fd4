// Shuffles, votes and reductions of one warp.
#include "kernels/simt/simt.h"
#include "tests/simt/primitive.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

// Two warps; each thread gets out[rank] = f(in[rank]).
template <class F>
__global__ void map_kernel(WordBuffers p) {
  p.out[threadIdx.x] = F()(p.in[threadIdx.x]);
}

template <class F>
Primitive lanes(std::string_view name, std::function<std::uint32_t(const Words&, std::size_t)> expected) {
  constexpr std::size_t kThreads = 64;
  return {name,
          kThreads,
          kThreads,
          some_word,
          [name](const WordBuffers& p) {
            launch(name, map_kernel<F>, {{1}, {kThreads}}, p);
          },
          [expected](const Words& in) {
            Words out(kThreads);
            for (std::size_t i = 0; i < kThreads; ++i) out[i] = expected(in, i);
            return out;
          }};
}

struct Shuffle {
  __device__ std::uint32_t operator()(std::uint32_t x) const { return warp_shuffle(x, x % 32); }
};
struct ShuffleXor {
  __device__ std::uint32_t operator()(std::uint32_t x) const { return warp_shuffle_xor(x, 5); }
};
struct ShuffleDown {
  __device__ std::uint32_t operator()(std::uint32_t x) const { return warp_shuffle_down(x, 3); }
};
struct ShuffleUp {
  __device__ std::uint32_t operator()(std::uint32_t x) const { return warp_shuffle_up(x, 7); }
};
struct Ballot {
  __device__ std::uint32_t operator()(std::uint32_t x) const { return warp_ballot(x % 3 == 0); }
};
struct Sum {
  __device__ std::uint32_t operator()(std::uint32_t x) const { return warp_sum(x); }
};
struct Max {
  __device__ std::uint32_t operator()(std::uint32_t x) const { return warp_max(x); }
};
struct SumOf8 {
  __device__ std::uint32_t operator()(std::uint32_t x) const { return warp_sum<8>(x); }
};
// Rounding shows the order of the additions.
struct FloatSum {
  __device__ std::uint32_t operator()(std::uint32_t x) const {
    return std::bit_cast<std::uint32_t>(warp_sum(1.0f / static_cast<float>(x % 1000 + 1)));
  }
};
struct SyncWarp {
  struct Smem {
    std::uint32_t words[64];
  };
  __device__ std::uint32_t operator()(std::uint32_t x) const {
    Smem& smem = shared<Smem>();
    smem.words[threadIdx.x] = x;
    sync_warp();
    return smem.words[threadIdx.x ^ 31];
  }
};

std::size_t warp_start(std::size_t i) {
  return i / 32 * 32;
}

template <class Combine>
std::uint32_t fold(const Words& in, std::size_t first, std::size_t count, Combine combine) {
  std::uint32_t result = in[first];
  for (std::size_t i = first + 1; i < first + count; ++i) result = combine(result, in[i]);
  return result;
}

std::uint32_t butterfly_sum(const Words& in, std::size_t at) {
  float now[32], before[32];
  for (std::size_t i = 0; i < 32; ++i) now[i] = 1.0f / static_cast<float>(in[warp_start(at) + i] % 1000 + 1);
  for (std::size_t mask = 16; mask > 0; mask /= 2) {
    std::copy(now, now + 32, before);
    for (std::size_t i = 0; i < 32; ++i) now[i] = before[i] + before[i ^ mask];
  }
  return std::bit_cast<std::uint32_t>(now[at % 32]);
}

}  // namespace

std::vector<Primitive> warp_primitives() {
  const auto add = [](std::uint32_t a, std::uint32_t b) { return a + b; };
  const auto most = [](std::uint32_t a, std::uint32_t b) { return std::max(a, b); };
  return {
      lanes<Shuffle>("shuffle",
                     [](const Words& in, std::size_t i) { return in[warp_start(i) + in[i] % 32]; }),
      lanes<ShuffleXor>("shuffle_xor", [](const Words& in, std::size_t i) { return in[i ^ 5]; }),
      lanes<ShuffleDown>("shuffle_down",
                         [](const Words& in, std::size_t i) { return in[i % 32 < 29 ? i + 3 : i]; }),
      lanes<ShuffleUp>("shuffle_up",
                       [](const Words& in, std::size_t i) { return in[i % 32 >= 7 ? i - 7 : i]; }),
      lanes<Ballot>("ballot",
                    [](const Words& in, std::size_t i) {
                      std::uint32_t votes = 0;
                      for (std::size_t lane = 0; lane < 32; ++lane) {
                        votes |= std::uint32_t{in[warp_start(i) + lane] % 3 == 0} << lane;
                      }
                      return votes;
                    }),
      lanes<Sum>("sum", [=](const Words& in, std::size_t i) { return fold(in, warp_start(i), 32, add); }),
      lanes<Max>("max", [=](const Words& in, std::size_t i) { return fold(in, warp_start(i), 32, most); }),
      lanes<SumOf8>("sum_of_8", [=](const Words& in, std::size_t i) { return fold(in, i / 8 * 8, 8, add); }),
      lanes<FloatSum>("float_sum", butterfly_sum),
      lanes<SyncWarp>("sync_warp", [](const Words& in, std::size_t i) { return in[i ^ 31]; }),
  };
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
