#include "kernels/simt/emulator/multiprocessor.h"

#include <cstring>
#include <numeric>

#include "kernels/simt/emulator/observer.h"
#include "tensor/support/error.h"

namespace sonograd::kernels::emulator {
namespace {

std::string text(const Dim& dim) {
  return concat('(', dim.x, ", ", dim.y, ", ", dim.z, ')');
}

// The next position after `at` within `extents`, x fastest.
Dim next_position(Dim at, const Dim& extents) {
  if (++at.x < extents.x) return at;
  at.x = 0;
  if (++at.y < extents.y) return at;
  at.y = 0;
  ++at.z;
  return at;
}

Dim position(std::size_t number, const Dim& extents) {
  return {static_cast<unsigned>(number % extents.x), static_cast<unsigned>(number / extents.x % extents.y),
          static_cast<unsigned>(number / extents.x / extents.y)};
}

bool same(const char* a, const char* b) {
  return a == b || std::strcmp(a, b) == 0;
}

// Unwinds the stack of the thread that broke a rule; `fail` has stored the message.
struct Abandoned {};

}  // namespace

constinit thread_local Thread* current_thread = nullptr;
constinit thread_local Observer* observer = nullptr;

Multiprocessor& Multiprocessor::current() {
  static thread_local Multiprocessor instance;
  return instance;
}

std::uint64_t Multiprocessor::random() {  // xorshift64*
  random_state_ ^= random_state_ >> 12;
  random_state_ ^= random_state_ << 25;
  random_state_ ^= random_state_ >> 27;
  return random_state_ * 0x2545f4914f6cdd1dull;
}

void Multiprocessor::run(const Launch& launch, std::size_t first, std::size_t count,
                         const EmulatorSettings& settings, Together together) {
  launch_ = &launch;
  random_state_ = ((settings.seed + 1) * 0x9e3779b97f4a7c15ull + first) | 1;
  run_ahead_ = (random() & 1) != 0;
  resident_ = count;
  running_ = count * launch.grid.threads.count();
  spins_ = 0;
  grid_ = {.expected = static_cast<unsigned>(running_)};
  cluster_.begin(together == Together::cluster ? count : 0, launch.grid.threads.count());
  queue_ = {};
  while (blocks_.size() < count) blocks_.emplace_back();
  if (observer != nullptr) observer->threads_begin();
  for (std::size_t i = 0; i < count; ++i) prepare(blocks_[i], first + i, settings);
  const std::size_t start = count > 1 ? random() % count : 0;
  for (std::size_t i = 0; i < count; ++i) enqueue(blocks_[(start + i) % count]);
  resume(queue_.pop_front(), host_);
  if (observer != nullptr) observer->threads_end();
  if (failure_.empty()) return;
  idle_.clear();
  fibers_.clear();
  throw KernelError(std::exchange(failure_, {}));
}

void Multiprocessor::prepare(Block& block, std::size_t number, const EmulatorSettings& settings) {
  const Grid& grid = launch_->grid;
  const std::size_t threads = grid.threads.count();
  if (block.warps.size() * kWarpSize != threads) {
    block.warps.resize(threads / kWarpSize);
    block.threads = std::make_unique<Thread[]>(threads);
  }
  block.multiprocessor = this;
  block.index = position(number, grid.blocks);
  block.grid = &grid;
  block.left = nullptr;
  block.barrier = {.expected = static_cast<unsigned>(threads)};
  block.named_barriers = {};
  block.late_copies = (settings.seed & 2) != 0;
  block.tiles.clear();
  block.shared.reset(grid.shared_bytes, settings);
  Dim index{0, 0, 0};
  for (unsigned rank = 0; rank < threads; ++rank, index = next_position(index, grid.threads)) {
    Thread& thread = block.threads[rank];
    Warp& warp = block.warps[rank / kWarpSize];
    warp.lanes[rank % kWarpSize] = &thread;
    thread.index = index;
    thread.rank = rank;
    thread.block = &block;
    thread.warp = &warp;
    thread.fiber = nullptr;
    thread.waiting_for = nullptr;
    thread.copies.clear();
    thread.products.clear();
  }
  for (Warp& warp : block.warps) {
    warp.rendezvous = {.expected = kWarpSize};
    warp.left = 0;
  }
}

// Queues warps in random order and lanes in random order inside them: a warp stays together, which keeps its stacks in the
// cache.
void Multiprocessor::enqueue(Block& block) {
  std::array<unsigned char, 32> order;
  const std::size_t warps = block.warps.size();
  std::iota(order.begin(), order.end(), static_cast<unsigned char>(0));
  for (std::size_t i = warps; i > 1; --i) std::swap(order[i - 1], order[random() % i]);
  for (std::size_t i = 0; i < warps; ++i) {
    const std::uint64_t dice = random();
    const auto step = static_cast<unsigned>(dice) | 1u, start = static_cast<unsigned>(dice >> 32);
    for (unsigned lane = 0; lane < kWarpSize; ++lane) {
      queue_.push_back(block.warps[order[i]].lanes[(lane * step + start) % kWarpSize]);
    }
  }
}

Fiber* Multiprocessor::take_fiber() {
  if (idle_.empty()) return &fibers_.emplace_back(stacks_[fibers_.size()], fiber_main);
  Fiber* fiber = idle_.back();
  idle_.pop_back();
  return fiber;
}

void Multiprocessor::resume(Thread* thread, Fiber& from) {
  current_thread = thread;
  if (thread->fiber == nullptr) thread->fiber = take_fiber();
  if (thread->fiber != &from) from.switch_to(*thread->fiber);
}

// Body of each fiber: runs one thread after the other.
void Multiprocessor::fiber_main() {
  Multiprocessor& self = current();
  try {
    for (;;) {
      self.launch_->kernel();
      self.leave();
    }
  } catch (const Abandoned&) {
  } catch (const std::exception& error) {
    self.failure_ = concat('[', self.launch_->name, "] ", error.what());
  }
  current_thread->fiber->switch_to(self.host_);  // does not return: the stacks of this run are abandoned
}

// Removes the running thread, which has returned from the kernel. Returns if another thread is to start on the same fiber.
void Multiprocessor::leave() {
  Thread& gone = *current_thread;
  if (gone.block->barrier.arrived > 0) {
    fail(concat("has left the kernel while others wait in ", gone.block->barrier.what), gone,
         gone.block->barrier.place);
  }
  if (gone.warp->rendezvous.arrived > 0) {
    fail(concat("has left the kernel while others of its warp wait in ", gone.warp->rendezvous.what), gone,
         gone.warp->rendezvous.place);
  }
  if (cluster_.blocks > 0) leave_cluster(*this, gone);
  gone.block->left = &gone;
  ++gone.warp->left;
  spins_ = 0;
  Fiber* fiber = gone.fiber;
  Thread* next = --running_ == 0 ? nullptr : next_thread();
  if (next != nullptr && next->fiber == nullptr) {
    next->fiber = fiber;
    current_thread = next;
    return;
  }
  idle_.push_back(fiber);
  if (next == nullptr) {
    fiber->switch_to(host_);
  } else {
    resume(next, *fiber);
  }
}

Thread* Multiprocessor::next_thread() {
  Thread* next = queue_.pop_front();
  if (next == nullptr) fail_stuck();
  return next;
}

bool Multiprocessor::arrive(Rendezvous& rendezvous, const char* what, Place place) {
  if (rendezvous.arrived == 0) {
    rendezvous.what = what;
    rendezvous.place = place;
  } else if (rendezvous.place.line != place.line || !same(rendezvous.what, what) ||
             !same(rendezvous.place.file, place.file)) {
    fail_divergent(rendezvous, what, place);
  }
  if (++rendezvous.arrived == rendezvous.expected) return true;
  wait(rendezvous.waiting, what, place);
  return false;
}

void Multiprocessor::wait(ThreadList& list, const char* what, Place place) {
  Thread& self = *current_thread;
  self.waiting_for = what;
  self.place = place;
  if (random() >> 63 != 0) {
    list.push_front(&self);
  } else {
    list.push_back(&self);
  }
  resume(next_thread(), *self.fiber);
  self.waiting_for = nullptr;
}

void Multiprocessor::wake(ThreadList& list) {
  spins_ = 0;
  if (run_ahead_) {
    queue_.take_first(list);
  } else {
    queue_.take_last(list);
  }
}

void Multiprocessor::release(Rendezvous& rendezvous) {
  if (observer != nullptr) observer->threads_met(rendezvous, *current_thread);
  rendezvous.arrived = 0;
  wake(rendezvous.waiting);
}

void Multiprocessor::spin(const char* what, Place place) {
  Thread& self = *current_thread;
  self.waiting_for = what;
  self.place = place;
  if (++spins_ > running_) fail_stuck();
  queue_.push_back(&self);
  resume(next_thread(), *self.fiber);
  self.waiting_for = nullptr;
}

void Multiprocessor::fail(const std::string& message, const Thread& thread, Place place) {
  failure_ = concat('[', launch_->name, "] block ", text(thread.block->index), ", thread ",
                    text(thread.index), ", ", place, ": ", message);
  throw Abandoned();
}

void Multiprocessor::fail_divergent(const Rendezvous& rendezvous, const char* what, Place place) {
  const Thread& other = *rendezvous.waiting.first();
  fail(concat("divergent ", what, ": thread ", text(other.index), " of block ", text(other.block->index),
              " waits in ", rendezvous.what, " at ", rendezvous.place),
       *current_thread, place);
}

// No thread can run: reports the first thread that waits, and one that waits elsewhere.
void Multiprocessor::fail_stuck() {
  const Thread* first = nullptr;
  const Thread* other = nullptr;
  std::size_t waiting = 0;
  for (std::size_t i = 0; i < resident_; ++i) {
    for (std::size_t rank = 0; rank < launch_->grid.threads.count(); ++rank) {
      const Thread& thread = blocks_[i].threads[rank];
      if (thread.waiting_for == nullptr) continue;
      ++waiting;
      if (first == nullptr) first = &thread;
      if (other == nullptr && thread.place.line != first->place.line) other = &thread;
    }
  }
  const std::string elsewhere = other == nullptr ? ""
                                                 : concat(", thread ", text(other->index), " in ",
                                                          other->waiting_for, " at ", other->place);
  fail(concat("waits in ", first->waiting_for, " for something that never happens (", waiting,
              " threads wait", elsewhere, ")"),
       *first, first->place);
}

}  // namespace sonograd::kernels::emulator
