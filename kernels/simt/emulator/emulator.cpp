#include "kernels/simt/emulator/emulator.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <numeric>

#include "kernels/core/cluster.h"
#include "kernels/core/launch.h"
#include "kernels/core/running_call.h"
#include "kernels/simt/emulator/multiprocessor.h"
#include "kernels/simt/emulator/observer.h"
#include "tensor/device/emulated.h"
#include "tensor/support/error.h"

namespace sonograd::kernels::emulator {
namespace {

// Checks the limits of CUDA 13 for compute capability 9.0.
void check(const Launch& launch, std::size_t most_shared_bytes) {
  const auto refuse = [&](const auto&... words) {
    throw KernelError(concat('[', launch.name, "] ", words...));
  };
  const auto& [blocks, threads, shared_bytes] = launch.grid;
  if (blocks.x > kMostBlocks.x || blocks.y > kMostBlocks.y || blocks.z > kMostBlocks.z) {
    refuse("a grid has at most ", kMostBlocks.x, 'x', kMostBlocks.y, 'x', kMostBlocks.z, " blocks, got ",
           blocks.x, 'x', blocks.y, 'x', blocks.z);
  }
  if (threads.x > kMostThreads || threads.y > kMostThreads || threads.z > 64) {
    refuse("a block has at most 1024x1024x64 threads along its axes, got ", threads.x, 'x', threads.y, 'x',
           threads.z);
  }
  if (threads.count() == 0 || threads.count() > kMostThreads || threads.count() % kWarpSize != 0) {
    refuse("a block has 32, 64, ... 1024 threads, got ", threads.count());
  }
  if (threads.count() > launch.most_threads) {
    refuse("the kernel declares at most ", launch.most_threads, " threads of a block, got ", threads.count());
  }
  if (launch.cooperative && blocks.count() > kMultiprocessors) {
    refuse("the emulated device holds ", kMultiprocessors, " blocks of a cooperative launch at a time, got ",
           blocks.count());
  }
  if (shared_bytes > most_shared_bytes) {
    refuse("a block has at most ", most_shared_bytes, " bytes of shared memory, got ", shared_bytes);
  }
}

void check_clusters(const Launch& launch, unsigned blocks) {
  if (blocks == 0 || blocks > kMostClusterBlocks) {
    throw KernelError(
        concat('[', launch.name, "] a cluster has 1 to ", kMostClusterBlocks, " blocks, got ", blocks));
  }
  if (launch.grid.blocks.x % blocks != 0) {
    throw KernelError(concat('[', launch.name, "] expected a multiple of the ", blocks,
                             " blocks of a cluster along x, got ", launch.grid.blocks.x));
  }
}

// Order of blocks: i -> (step * i + start) mod count visits each once.
struct BlockOrder {
  std::size_t count, step, start;

  BlockOrder(std::size_t blocks, std::uint64_t seed)
      : count(blocks), step(seed * 7919 % blocks), start(seed * 104729 % blocks) {
    while (std::gcd(step, count) != 1) ++step;
  }
  std::size_t operator[](std::size_t i) const { return (step * i + start) % count; }
};

void run_blocks(const Launch& launch, const EmulatorSettings& settings) {
  const BlockOrder order(launch.grid.blocks.count(), settings.seed);
  prepare_compute_team();
  const int host_threads = settings.host_threads > 0 ? settings.host_threads : threads();
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::string failure;
#pragma omp parallel num_threads(host_threads) if (order.count > 1)
  for (std::size_t i = next++; i < order.count; i = next++) {
    try {
      Multiprocessor::current().run(launch, order[i], 1, settings);
    } catch (const KernelError& error) {
      const std::lock_guard lock(mutex);
      if (failure.empty()) failure = error.what();
      next = order.count;
    }
  }
  if (!failure.empty()) throw KernelError(failure);
}

// On one host thread: the stacks of all threads of a cluster are many mappings, of which a process has a limited number.
void run_each_cluster(const Launch& launch, unsigned blocks, const EmulatorSettings& settings) {
  const BlockOrder order(launch.grid.blocks.count() / blocks, settings.seed);
  for (std::size_t i = 0; i < order.count; ++i) {
    Multiprocessor::current().run(launch, order[i] * blocks, blocks, settings,
                                  Multiprocessor::Together::cluster);
  }
}

Multiprocessor& this_multiprocessor() {
  return *self().block->multiprocessor;
}

// Runs the blocks of a launch by `run_all(settings)`.
template <class RunAll>
void start(const Launch& launch, const RunAll& run_all) {
  const EmulatorSettings settings = emulator_settings();
  check(launch, settings.shared_memory);
  if (launch.grid.blocks.count() == 0) return;
  note_launch(launch.name, launch.grid);
  if (observer != nullptr) observer->launch_begins();
  try {
    run_all(settings);
  } catch (const KernelError& error) {
    throw KernelError(concat(error.what(), "; replay with SONOGRAD_EMULATOR_SEED=", settings.seed,
                             " SONOGRAD_EMULATOR_THREADS=1"));
  }
}

}  // namespace

void run(const Launch& launch) {
  start(launch, [&](const EmulatorSettings& settings) {
    if (launch.cooperative) {
      Multiprocessor::current().run(launch, 0, launch.grid.blocks.count(), settings);
    } else {
      run_blocks(launch, settings);
    }
  });
}

void run_clusters(const Launch& launch, unsigned blocks) {
  check_clusters(launch, blocks);
  start(launch, [&](const EmulatorSettings& settings) { run_each_cluster(launch, blocks, settings); });
}

void fail(const std::string& message, Place place) {
  this_multiprocessor().fail(message, self(), place);
}

namespace {

[[noreturn, gnu::cold]] void fail_left(Place place) {
  fail(concat("waits in sync_block, but thread ", self().block->left->rank,
              " of the block has left the kernel"),
       place);
}

}  // namespace

void block_barrier(Place place) {
  Block& block = *self().block;
  if (block.left != nullptr) fail_left(place);
  Multiprocessor& here = *block.multiprocessor;
  if (here.arrive(block.barrier, "sync_block", place)) here.release(block.barrier);
}

void named_barrier(unsigned id, unsigned threads, Place place) {
  Block& block = *self().block;
  if (id >= block.named_barriers.size()) fail(concat("barrier ", id, ": a block has 16"), place);
  Rendezvous& barrier = block.named_barriers[id];
  if (barrier.arrived > 0 && barrier.expected != threads) {
    fail(concat("barrier ", id, " for ", threads, " threads, but others wait there for ", barrier.expected),
         place);
  }
  barrier.expected = threads;
  Multiprocessor& here = this_multiprocessor();
  if (here.arrive(barrier, "sync_named", place)) here.release(barrier);
}

void check_cooperative(const char* what, Place place) {
  if (!this_multiprocessor().cooperative()) fail(concat(what, " requires launch_cooperative"), place);
}

void grid_barrier(Place place) {
  check_cooperative("sync_grid", place);
  Multiprocessor& here = this_multiprocessor();
  Rendezvous& grid = here.grid_rendezvous();
  if (here.arrive(grid, "sync_grid", place)) here.release(grid);
}

namespace {

[[noreturn, gnu::cold]] void fail_lanes_left(const char* what, Place place) {
  fail(concat("waits in ", what, ", but ", self().warp->left, " lanes of the warp have left the kernel"),
       place);
}

}  // namespace

bool begin_collective(void* frame, const char* what, Place place) {
  Thread& thread = self();
  if (thread.warp->left > 0) fail_lanes_left(what, place);
  thread.frame = frame;
  return thread.block->multiprocessor->arrive(thread.warp->rendezvous, what, place);
}

void end_collective() {
  this_multiprocessor().release(self().warp->rendezvous);
}

void spin(const char* what, Place place) {
  this_multiprocessor().spin(what, place);
}

void progress() {
  this_multiprocessor().progress();
}

void copy_tile(const TileCopy& copy, Place place) {
  check_aligned(copy.to, 1024, place);
  Block& block = *self().block;
  if (block.late_copies) {
    block.tiles.push_back(copy);
  } else {
    copy.land();
  }
}

void land_tiles(const Mbarrier& barrier) {
  std::erase_if(self().block->tiles, [&](const TileCopy& copy) {
    if (copy.barrier != &barrier) return false;
    copy.land();
    return true;
  });
}

void* shared_object(const void* key, std::size_t bytes, std::size_t alignment, Place place) {
  SharedMemory& memory = self().block->shared;
  void* object = memory.find(key, bytes, alignment);
  if (object == nullptr && memory.static_bytes() + bytes > kMostStaticBytes) {
    fail(concat("a block has at most ", kMostStaticBytes, " bytes of static shared memory"), place);
  }
  if (object == nullptr) {
    fail(concat("a block has at most ", memory.limit(),
                " bytes of shared memory, static and dynamic together"),
         place);
  }
  return object;
}

}  // namespace sonograd::kernels::emulator
