// Clusters that break a rule of CUDA, launches of clusters beyond its limits, and clusters whose results depend on the order of
// blocks. A flag plants them.
#include "kernels/simt/cluster.h"
#include "kernels/simt/simt.h"
#include "tests/simt/planted_bug.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr unsigned kThreads = 64, kBlocks = 2, kRounds = 3;
constexpr std::size_t kAll = kThreads * kBlocks;

struct Smem {
  alignas(16) std::uint32_t words[kThreads];
};

__device__ unsigned place_in_grid() {
  return blockIdx.x * kThreads + threadIdx.x;
}
__device__ unsigned other_rank() {
  return (cluster_rank() + 1) % cluster_blocks();
}

enum class Fault {
  none,
  no_first_barrier,
  no_last_barrier,
  wrong_rank,
  second_arrival,
  no_arrival,
  thread_leaves,
  waits_elsewhere,
  beyond_object,
  global_object,
  misaligned,
};

struct Params {
  WordBuffers words;
  Fault fault;
};

// Every block writes its words, with numbers added, and the next one reads them.
__global__ void exchange_kernel(Params p) {
  Smem& smem = shared<Smem>();
  smem.words[threadIdx.x] = p.words.in[place_in_grid()];
  if (p.fault == Fault::thread_leaves && threadIdx.x == 40 && blockIdx.x == 1) return;
  if (p.fault == Fault::waits_elsewhere && blockIdx.x == 1 && threadIdx.x < 32) sync_block();
  if (p.fault == Fault::second_arrival && threadIdx.x == 3) arrive_cluster();
  if (p.fault == Fault::no_first_barrier) {
    sync_block();
  } else {
    if (p.fault != Fault::no_arrival || threadIdx.x != 3) arrive_cluster();
    wait_cluster();
  }
  const unsigned rank = p.fault == Fault::wrong_rank ? cluster_blocks() : other_rank();
  Smem& object = p.fault == Fault::global_object ? *reinterpret_cast<Smem*>(p.words.out) : smem;
  const RemoteShared other(object, rank);
  const std::uint32_t* place = &smem.words[threadIdx.x ^ 63];
  if (p.fault == Fault::beyond_object) place = smem.words + kThreads;
  if (p.fault == Fault::misaligned) {
    struct Quad {
      std::uint32_t words[4];
    };
    p.words.out[place_in_grid()] = other.load(*reinterpret_cast<const Quad*>(smem.words + 1)).words[0];
  } else {
    p.words.out[place_in_grid()] = other.load(*place);
  }
  if (p.fault != Fault::no_last_barrier) sync_cluster();
}

__global__ void without_cluster_kernel(PlantedParams p) {
  if (p.planted || cluster_blocks() > 1) sync_cluster();
  p.words.out[place_in_grid()] = p.words.in[place_in_grid()];
}

__global__ void missing_cluster_barrier_kernel(PlantedParams p) {
  Smem& smem = shared<Smem>();
  sync_cluster();
  RemoteShared(smem, other_rank()).store(smem.words[threadIdx.x], p.words.in[place_in_grid()]);
  if (p.planted) {
    sync_block();
  } else {
    sync_cluster();
  }
  p.words.out[place_in_grid()] = smem.words[threadIdx.x ^ 63];
  if (p.planted) sync_cluster();
}

// One buffer, written again by the other block before this one has read it.
__global__ void missing_second_cluster_barrier_kernel(PlantedParams p) {
  Smem& smem = shared<Smem>();
  const RemoteShared other(smem, other_rank());
  std::uint32_t sum = 0;
  sync_cluster();
  for (unsigned round = 0; round < kRounds; ++round) {
    other.store(smem.words[threadIdx.x], p.words.in[place_in_grid()] + round);
    sync_cluster();
    sum = 5 * sum + smem.words[threadIdx.x ^ 63];
    if (!p.planted) sync_cluster();
  }
  p.words.out[place_in_grid()] = sum;
}

// Half of the words of the other block have not been written.
__global__ void unwritten_remote_read_kernel(PlantedParams p) {
  struct Row {
    float values[kThreads];
  };
  Row& row = shared<Row>();
  if (threadIdx.x < 32 || !p.planted) row.values[threadIdx.x] = 1;
  sync_cluster();
  const float value = RemoteShared(row, other_rank()).load(row.values[threadIdx.x]);
  p.words.out[place_in_grid()] = p.words.in[place_in_grid()] + (value < 1e9f ? 0u : 1u);
  sync_cluster();
}

std::uint32_t same_word(const Words& in, std::size_t i) {
  return in[i];
}
std::uint32_t opposite_of_other(const Words& in, std::size_t i) {
  return in[(i + kThreads) % kAll ^ 63];
}

PlantedBug bug(std::string_view name, std::string_view message, Fault fault) {
  return {name, message, kAll,
          [=](const WordBuffers& words, bool planted) {
            launch_clusters(name, exchange_kernel, {{kBlocks}, {kThreads}}, kBlocks,
                            {words, planted ? fault : Fault::none});
          },
          opposite_of_other};
}

PlantedBug hidden(std::string_view name, void (*kernel)(PlantedParams),
                  std::uint32_t (*expected)(const Words&, std::size_t)) {
  return {name, "", kAll,
          [=](const WordBuffers& words, bool planted) {
            launch_clusters(name, kernel, {{kBlocks}, {kThreads}}, kBlocks, {words, planted});
          },
          expected};
}

__global__ void copy_kernel(PlantedParams p) {
  if (blockIdx.x < kBlocks) p.words.out[place_in_grid()] = p.words.in[place_in_grid()];
}

PlantedBug refused(std::string_view name, std::string_view message, unsigned blocks, unsigned cluster,
                   unsigned refused_cluster) {
  return {name, message, kAll,
          [=](const WordBuffers& words, bool planted) {
            launch_clusters(name, copy_kernel, {{blocks}, {kThreads}}, planted ? refused_cluster : cluster,
                            {words, planted});
          },
          same_word};
}

}  // namespace

std::vector<PlantedBug> cluster_bugs() {
  constexpr std::string_view kMissing = "sync_cluster between both is missing";
  std::vector<PlantedBug> list = {
      bug("access before all blocks have started", "that block may not have started",
          Fault::no_first_barrier),
      bug("block that leaves before the last access", kMissing, Fault::no_last_barrier),
      bug("block outside of the cluster", "block 2 of a cluster: expected a number below 2",
          Fault::wrong_rank),
      bug("second arrival", "arrive_cluster twice", Fault::second_arrival),
      bug("wait without arrival", "expected arrive_cluster before it", Fault::no_arrival),
      bug("thread that leaves before the barrier", "has left the kernel", Fault::thread_leaves),
      bug("cluster that waits for a block that waits", "for something that never happens",
          Fault::waits_elsewhere),
      bug("place beyond the object", "the place is outside of the object", Fault::beyond_object),
      bug("object that is not shared", "expected an object of shared", Fault::global_object),
      bug("misaligned remote access", "access of 16 bytes", Fault::misaligned),
      refused("blocks of a cluster", "a cluster has 1 to 8 blocks, got 9", 72, 8, 9),
      refused("empty cluster", "a cluster has 1 to 8 blocks, got 0", 2, 1, 0),
      refused("grid of clusters", "expected a multiple of the 4 blocks of a cluster along x, got 6", 6, 3, 4),
  };
  list.push_back(
      {"barrier of a cluster in another launch", "requires launch_clusters", kAll,
       [](const WordBuffers& words, bool planted) {
         launch("without cluster", without_cluster_kernel, {{kBlocks}, {kThreads}}, {words, planted});
       },
       same_word});
  return list;
}

std::vector<PlantedBug> hidden_cluster_bugs() {
  return {hidden("missing barrier of a cluster", missing_cluster_barrier_kernel, opposite_of_other),
          hidden("missing second barrier of a cluster", missing_second_cluster_barrier_kernel,
                 [](const Words& in, std::size_t i) {
                   std::uint32_t sum = 0;
                   for (unsigned round = 0; round < kRounds; ++round)
                     sum = 5 * sum + opposite_of_other(in, i) + round;
                   return sum;
                 }),
          hidden("unwritten remote read", unwritten_remote_read_kernel, same_word)};
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
