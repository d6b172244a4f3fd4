// State of the threads, warps and blocks of an emulated kernel.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "kernels/core/grid.h"
#include "kernels/simt/emulator/emulated_async.h"
#include "kernels/simt/emulator/fiber.h"
#include "kernels/simt/emulator/group_queue.h"
#include "kernels/simt/emulator/shared_memory.h"
#include "kernels/simt/place.h"

namespace sonograd::kernels::emulator {

struct Block;
struct Warp;
class Multiprocessor;

/// One CUDA thread. It has a fiber from its first instruction to its last. Members that every wait accesses come first, in
/// one cache line.
struct alignas(64) Thread {
  Thread* next = nullptr;  ///< in its list
  Fiber* fiber = nullptr;
  Block* block = nullptr;
  Warp* warp = nullptr;
  void* frame = nullptr;  ///< operands of its collective operation
  const char* waiting_for = nullptr;
  Place place;  ///< place of the wait

  Dim index;          ///< threadIdx
  unsigned rank = 0;  ///< number in its block, x fastest
  GroupQueue<Copy> copies;
  GroupQueue<Wgmma> products;

  unsigned lane() const { return rank % kWarpSize; }
};

/// Threads in the order in which they will run.
class ThreadList {
 public:
  bool empty() const { return first_ == nullptr; }
  const Thread* first() const { return first_; }

  void push_front(Thread* thread) {
    thread->next = first_;
    first_ = thread;
    if (last_ == nullptr) last_ = thread;
  }
  void push_back(Thread* thread) {
    thread->next = nullptr;
    (last_ == nullptr ? first_ : last_->next) = thread;
    last_ = thread;
  }
  Thread* pop_front() {
    Thread* thread = first_;
    if (thread == nullptr) return nullptr;
    first_ = thread->next;
    if (first_ == nullptr) last_ = nullptr;
    return thread;
  }
  /// Moves all of `other` before the first of this list.
  void take_first(ThreadList& other) {
    if (other.empty()) return;
    other.last_->next = first_;
    if (last_ == nullptr) last_ = other.last_;
    first_ = other.first_;
    other = {};
  }
  /// Moves all of `other` after the last of this list.
  void take_last(ThreadList& other) {
    if (other.empty()) return;
    (last_ == nullptr ? first_ : last_->next) = other.first_;
    last_ = other.last_;
    other = {};
  }

 private:
  Thread* first_ = nullptr;
  Thread* last_ = nullptr;
};

/// Threads that wait until `expected` of them are there.
struct Rendezvous {
  unsigned expected = 0;
  unsigned arrived = 0;
  const char* what = nullptr;  ///< function that the first one called; `place`: the line of that call
  Place place;
  ThreadList waiting;
};

struct Warp {
  std::array<Thread*, kWarpSize> lanes{};
  Rendezvous rendezvous;
  unsigned left = 0;  ///< lanes that have returned from the kernel
};

struct Block {
  Multiprocessor* multiprocessor = nullptr;
  Dim index;  ///< blockIdx
  const Grid* grid = nullptr;
  std::unique_ptr<Thread[]> threads;
  std::vector<Warp> warps;
  SharedMemory shared;
  Rendezvous barrier;
  std::array<Rendezvous, 16> named_barriers;
  const Thread* left = nullptr;  ///< a thread that has returned from the kernel
  bool late_copies = false;      ///< asynchronous operations run at their wait, not at their issue
  std::vector<TileCopy> tiles;   ///< tile copies that have not run yet
};

}  // namespace sonograd::kernels::emulator
