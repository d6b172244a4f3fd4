// Which of two moments of emulated threads comes first, if either does (vector clocks; Mattern 1989).
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "tests/traced/shadow.h"

namespace sonograd::traced {

/// Threads of a block are ordered by what they wait for; blocks, each as a whole, by their atomic operations on the same
/// words and by barriers of the grid; launches one after the other.
class Clocks {
 public:
  void begin_launch();
  /// The number of a block of `threads` threads that starts now.
  std::uint32_t begin_block(std::size_t threads);

  /// The blocks so far have ended; what orders their threads is forgotten.
  void end_blocks();

  /// Now, for a thread of a block.
  Moment now(std::uint32_t block, std::uint32_t thread, Site site) const;
  /// True when what happened `before` is over, and known to be, for whoever is at `now`.
  bool ordered(const Moment& before, const Moment& now) const;

  /// These threads of a block go on together.
  void meet(std::uint32_t block, std::span<const std::uint32_t> threads);
  /// All threads of all blocks of the launch go on together.
  void meet_all();
  /// What a thread has done so far comes before what others do once they have acquired the word. One in shared memory
  /// orders threads of a block, others order blocks, too.
  void release(std::uint32_t block, std::uint32_t thread, const void* word, bool shared);
  void acquire(std::uint32_t block, std::uint32_t thread, const void* word, bool shared);

 private:
  using Clock = std::vector<std::uint32_t>;  // [number]: what is known of its time
  static void raise(Clock& clock, const Clock& other);

  struct Block {
    std::vector<Clock> threads;
    Clock known;  // times of the launch's blocks
  };
  Block& at(std::uint32_t block) { return blocks_[block - first_]; }
  const Block& at(std::uint32_t block) const { return blocks_[block - first_]; }

  std::vector<Block> blocks_;                                       // of this launch
  std::map<std::pair<std::uint32_t, const void*>, Clock> by_word_;  // of threads, by block
  std::map<const void*, Clock> by_global_word_;                     // of blocks
  std::uint32_t first_ = 1;                                         // number of the launch's first block
};

}  // namespace sonograd::traced
