#include "tests/traced/clocks.h"

#include <algorithm>
#include <numeric>

namespace sonograd::traced {

void Clocks::raise(Clock& clock, const Clock& other) {
  if (clock.size() < other.size()) clock.resize(other.size());
  for (std::size_t i = 0; i < other.size(); ++i) clock[i] = std::max(clock[i], other[i]);
}

void Clocks::begin_launch() {
  first_ += static_cast<std::uint32_t>(blocks_.size());
  blocks_.clear();
  by_word_.clear();
  by_global_word_.clear();
}

std::uint32_t Clocks::begin_block(std::size_t threads) {
  Block& block =
      blocks_.emplace_back(Block{std::vector<Clock>(threads, Clock(threads)), Clock(blocks_.size() + 1)});
  block.known.back() = 1;
  for (std::size_t i = 0; i < threads; ++i) block.threads[i][i] = 1;
  return first_ + static_cast<std::uint32_t>(blocks_.size()) - 1;
}

void Clocks::end_blocks() {
  for (Block& block : blocks_) block.threads = {};
  by_word_.clear();
}

Moment Clocks::now(std::uint32_t block, std::uint32_t thread, Site site) const {
  const Block& here = at(block);
  return {block, thread, here.threads[thread][thread], here.known[block - first_], site};
}

bool Clocks::ordered(const Moment& before, const Moment& now) const {
  if (before.site == nullptr || before.block < first_) return true;
  const Block& here = at(now.block);
  if (before.block == now.block) return here.threads[now.thread][before.thread] >= before.time;
  const std::size_t other = before.block - first_;
  return other < here.known.size() && here.known[other] >= before.block_time;
}

void Clocks::meet(std::uint32_t block, std::span<const std::uint32_t> threads) {
  std::vector<Clock>& clocks = at(block).threads;
  Clock together(clocks.size());
  for (const std::uint32_t thread : threads) raise(together, clocks[thread]);
  for (const std::uint32_t thread : threads) {
    clocks[thread] = together;
    ++clocks[thread][thread];
  }
}

void Clocks::meet_all() {
  Clock together;
  for (const Block& block : blocks_) raise(together, block.known);
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    std::vector<std::uint32_t> all(blocks_[i].threads.size());
    std::iota(all.begin(), all.end(), 0u);
    meet(first_ + static_cast<std::uint32_t>(i), all);
    blocks_[i].known = together;
    ++blocks_[i].known[i];
  }
}

void Clocks::release(std::uint32_t block, std::uint32_t thread, const void* word, bool shared) {
  Block& here = at(block);
  Clock& mine = here.threads[thread];
  raise(by_word_[{block, word}], mine);
  ++mine[thread];
  if (shared) return;
  raise(by_global_word_[word], here.known);
  ++here.known[block - first_];
}

void Clocks::acquire(std::uint32_t block, std::uint32_t thread, const void* word, bool shared) {
  Block& here = at(block);
  raise(here.threads[thread], by_word_[{block, word}]);
  if (!shared) raise(here.known, by_global_word_[word]);
}

}  // namespace sonograd::traced
