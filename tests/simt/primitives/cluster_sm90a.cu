// Clusters: ranks, the barrier, and shared memory of other blocks.
#include "kernels/simt/cluster.h"
#include "kernels/simt/simt.h"
#include "tests/simt/primitive.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr unsigned kThreads = 64, kBlocks = 4, kClusters = 3;
constexpr std::size_t kAll = kThreads * kBlocks * kClusters;

__device__ unsigned place_in_grid() {
  return blockIdx.x * kThreads + threadIdx.x;
}

__global__ void cluster_ranks_kernel(WordBuffers p) {
  p.out[place_in_grid()] = blockIdx.x * 100 + cluster_rank() * 10 + cluster_blocks();
}

// Each thread reads a word of every block.
__global__ void remote_loads_kernel(WordBuffers p) {
  struct Smem {
    std::uint32_t words[kThreads];
  };
  Smem& smem = shared<Smem>();
  smem.words[threadIdx.x] = p.in[place_in_grid()];
  sync_cluster();
  std::uint32_t sum = 0;
  for (unsigned rank = 0; rank < cluster_blocks(); ++rank) {
    const RemoteShared other(smem, rank);
    sum = 3 * sum + other.load(smem.words[threadIdx.x ^ (63 - rank)]);
  }
  p.out[place_in_grid()] = sum;
  sync_cluster();
}

// Words, pairs and quads pass to the next block, round by round, through two buffers by turns.
template <class Element>
__global__ void remote_stores_kernel(WordBuffers p) {
  constexpr unsigned kWords = sizeof(Element) / 4, kElements = kThreads / kWords;
  Element* buffers = dynamic_shared<Element>();  // [2][kElements]
  const RemoteShared next(*buffers, (cluster_rank() + 1) % cluster_blocks());
  const bool moves = threadIdx.x < kElements;
  Element value = {};
  SONOGRAD_UNROLL
  for (unsigned i = 0; i < kWords; ++i) {
    if (moves) value.words[i] = p.in[blockIdx.x * kThreads + threadIdx.x * kWords + i];
  }
  sync_cluster();
  for (unsigned round = 0; round < 3; ++round) {
    const unsigned place = round % 2 * kElements + threadIdx.x;
    if (moves) next.store(buffers[place], value);
    arrive_cluster();
    const std::uint32_t one = round % 2;
    wait_cluster();
    if (moves) value = buffers[place];
    SONOGRAD_UNROLL
    for (std::uint32_t& word : value.words) word += one;
  }
  SONOGRAD_UNROLL
  for (unsigned i = 0; i < kWords; ++i) {
    if (moves) p.out[blockIdx.x * kThreads + threadIdx.x * kWords + i] = value.words[i];
  }
}

template <unsigned kWords>
struct alignas(4 * kWords) WordsTogether {
  std::uint32_t words[kWords];
};

using Kernel = void (*)(WordBuffers);

Primitive clusters(std::string_view name, Kernel kernel, std::size_t shared_bytes,
                   std::function<std::uint32_t(const Words&, std::size_t)> expected) {
  return {name,
          kAll,
          kAll,
          some_word,
          [=](const WordBuffers& p) {
            launch_clusters(name, kernel, {{kBlocks * kClusters}, {kThreads}, shared_bytes}, kBlocks, p);
          },
          [=](const Words& in) {
            Words out(kAll);
            for (std::size_t i = 0; i < kAll; ++i) out[i] = expected(in, i);
            return out;
          }};
}

// The word that is `blocks` blocks before this one in the same cluster.
std::uint32_t from_before(const Words& in, std::size_t i, std::size_t blocks) {
  const std::size_t cluster = i / (kThreads * kBlocks), block = i / kThreads % kBlocks;
  return in[(cluster * kBlocks + (block + kBlocks - blocks) % kBlocks) * kThreads + i % kThreads];
}

std::uint32_t passed_on(const Words& in, std::size_t i) {
  return from_before(in, i, 3) + 1;
}

}  // namespace

std::vector<Primitive> cluster_primitives() {
  constexpr std::size_t kBuffers = 2 * kThreads * 4;
  return {clusters("cluster_ranks", cluster_ranks_kernel, 0,
                   [](const Words&, std::size_t i) {
                     const auto block = static_cast<std::uint32_t>(i / kThreads);
                     return block * 100 + block % kBlocks * 10 + kBlocks;
                   }),
          clusters("remote_loads", remote_loads_kernel, 0,
                   [](const Words& in, std::size_t i) {
                     const std::size_t first = i / (kThreads * kBlocks) * kBlocks * kThreads;
                     std::uint32_t sum = 0;
                     for (std::size_t rank = 0; rank < kBlocks; ++rank)
                       sum = 3 * sum + in[first + rank * kThreads + (i % kThreads ^ (63 - rank))];
                     return sum;
                   }),
          clusters("remote_stores", remote_stores_kernel<WordsTogether<1>>, kBuffers, passed_on),
          clusters("remote_stores_of_pairs", remote_stores_kernel<WordsTogether<2>>, kBuffers, passed_on),
          clusters("remote_stores_of_quads", remote_stores_kernel<WordsTogether<4>>, kBuffers, passed_on)};
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
