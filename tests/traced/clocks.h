// Order of two moments of emulated threads, if they are ordered (vector clocks; Mattern 1989).
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "tests/traced/shadow.h"

namespace sonograd::traced {

/// Threads of a block (the tracer takes the blocks of a cluster for one) are ordered by their waits; blocks, each as a whole, by their atomic operations on the same
/// words and by barriers of the grid; launches one after the other.
class Clocks {
 public:
  void begin_launch();
  /// The number of a block of `threads` threads that starts now.
  std::uint32_t begin_block(std::size_t threads);

  /// Marks the blocks so far as ended and drops the order of their threads.
  void end_blocks();

  /// Present moment of a thread of a block.
  Moment now(std::uint32_t block, std::uint32_t thread, Site site) const;
  /// True when `before` is ordered before `now`.
  bool ordered(const Moment& before, const Moment& now) const;

  /// Orders these threads of a block: all wait for each other.
  void meet(std::uint32_t block, std::span<const std::uint32_t> threads);
  /// Orders all threads of all blocks of the launch: all wait for each other.
  void meet_all();
  /// Orders the past of a thread before the future of threads that acquire the word. A word in shared memory orders
  /// threads of a block, other words order blocks, too.
  void release(std::uint32_t block, std::uint32_t thread, const void* word, bool shared);
  void acquire(std::uint32_t block, std::uint32_t thread, const void* word, bool shared);

 private:
  using Clock = std::vector<std::uint32_t>;  // [number]: its latest time that is ordered before
  static void raise(Clock& clock, const Clock& other);

  struct Block {
    std::vector<Clock> threads;
    Clock known;  // times of the launch's blocks that are ordered before
  };
  Block& at(std::uint32_t block) { return blocks_[block - first_]; }
  const Block& at(std::uint32_t block) const { return blocks_[block - first_]; }

  std::vector<Block> blocks_;                                       // of this launch
  std::map<std::pair<std::uint32_t, const void*>, Clock> by_word_;  // of threads, by block
  std::map<const void*, Clock> by_global_word_;                     // of blocks
  std::uint32_t first_ = 1;                                         // number of the launch's first block
};

}  // namespace sonograd::traced
