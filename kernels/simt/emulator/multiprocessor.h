// Part of an emulated device on one host thread: runs blocks, one after the other or several at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "kernels/simt/emulator/emulated_cluster.h"
#include "kernels/simt/emulator/emulator.h"
#include "kernels/simt/emulator/stack_pool.h"
#include "tensor/device/emulated.h"

namespace sonograd::kernels::emulator {

/// Runs blocks. Stacks and fibers are kept from block to block and from launch to launch.
class Multiprocessor {
 public:
  /// The multiprocessor of this host thread.
  static Multiprocessor& current();

  /// Blocks that run together.
  enum class Together : std::uint8_t { grid, cluster };

  /// Runs `count` blocks together, from number `first` on: as a cluster, or as parts of the grid, one or all of them. Throws
  /// KernelError.
  void run(const Launch& launch, std::size_t first, std::size_t count, const EmulatorSettings& settings,
           Together together = Together::grid);

  /// Waits at `rendezvous`. The last thread returns true at once; the others return false when they are released.
  bool arrive(Rendezvous& rendezvous, const char* what, Place place);
  void release(Rendezvous& rendezvous);
  /// Waits in `list` until `wake` makes all threads of it ready.
  void wait(ThreadList& list, const char* what, Place place);
  void wake(ThreadList& list);
  void spin(const char* what, Place place);
  void progress() { spins_ = 0; }
  [[noreturn, gnu::cold]] void fail(const std::string& message, const Thread& thread, Place place);

  Rendezvous& grid_rendezvous() { return grid_; }
  bool cooperative() const { return launch_->cooperative; }
  /// The cluster that runs; without blocks in other launches.
  Cluster& cluster() { return cluster_; }
  /// A block of those that run together.
  Block& block(std::size_t number) { return blocks_[number]; }

 private:
  static void fiber_main();
  void prepare(Block& block, std::size_t number, const EmulatorSettings& settings);
  void enqueue(Block& block);
  void resume(Thread* thread, Fiber& from);
  void leave();
  Fiber* take_fiber();
  Thread* next_thread();
  [[noreturn, gnu::cold]] void fail_divergent(const Rendezvous& rendezvous, const char* what, Place place);
  [[noreturn, gnu::cold]] void fail_stuck();
  std::uint64_t random();

  StackPool stacks_;
  std::deque<Fiber> fibers_;
  std::vector<Fiber*> idle_;
  Fiber host_;

  const Launch* launch_ = nullptr;
  std::deque<Block> blocks_;
  std::size_t resident_ = 0;  // blocks of this run
  ThreadList queue_;          // threads that can run
  std::size_t running_ = 0;   // threads that have not left
  std::size_t spins_ = 0;     // calls of `spin` since the last write
  Rendezvous grid_;
  Cluster cluster_;
  bool run_ahead_ = false;  // released threads run before the ready ones
  std::uint64_t random_state_ = 1;
  std::string failure_;
};

}  // namespace sonograd::kernels::emulator
