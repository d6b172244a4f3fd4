// [threads]
#include "tensor/device/arena.h"

#include <gtest/gtest.h>
#include <numeric>
#include <thread>

#include "tensor/random.h"
#include "tensor/support/bounded_queue.h"
#include "tensor/tensor.h"

namespace sonograd {
namespace {

constexpr std::size_t kUnit = Storage::kAlignment;

// A step: storages are allocated and released in an order that depends on `seed` alone.
std::vector<std::byte*> addresses_of_step(Arena& arena, std::uint64_t seed) {
  Random random({.seed = seed});
  std::vector<std::shared_ptr<Storage>> live;
  std::vector<std::byte*> addresses;
  for (int i = 0; i < 300; ++i) {
    if (!live.empty() && random.below(3) == 0) {
      live.erase(live.begin() + static_cast<std::ptrdiff_t>(random.below(live.size())));
    } else {
      live.push_back(arena.allocate(random.below(3000)));
      addresses.push_back(live.back()->data());
    }
  }
  return addresses;
}

TEST(Arena, EqualStepsGetEqualAddresses) {
  Arena arena({}, 16 * 1024);
  const auto first = addresses_of_step(arena, 1);
  EXPECT_EQ(arena.used(), 0u);
  EXPECT_GT(arena.reserved(), 16u * 1024) << "the step should need several blocks";
  const std::size_t reserved = arena.reserved();
  EXPECT_EQ(addresses_of_step(arena, 1), first);
  EXPECT_EQ(addresses_of_step(arena, 1), first);
  EXPECT_EQ(arena.reserved(), reserved);
}

TEST(Arena, LiveStoragesNeverOverlap) {
  Arena arena({}, 8 * 1024);
  Random random({.seed = 2});
  std::vector<std::pair<std::shared_ptr<Storage>, std::byte>> live;
  for (int i = 0; i < 500; ++i) {
    const auto mark = static_cast<std::byte>(i);
    if (live.size() > 10) {
      const auto victim = live.begin() + static_cast<std::ptrdiff_t>(random.below(live.size()));
      const std::span bytes(victim->first->data(), victim->first->bytes());
      ASSERT_EQ(std::ranges::count(bytes, victim->second), static_cast<std::ptrdiff_t>(bytes.size()));
      live.erase(victim);
    }
    const auto storage = arena.allocate(1 + random.below(2000));
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(storage->data()) % kUnit, 0u);
    std::fill_n(storage->data(), storage->bytes(), mark);
    live.emplace_back(storage, mark);
  }
}

TEST(Arena, ReusesWhatWasGivenBack) {
  Arena arena({}, 4 * kUnit);
  auto a = arena.allocate(kUnit);
  const auto b = arena.allocate(kUnit);
  std::byte* const address = a->data();
  a.reset();
  EXPECT_EQ(arena.allocate(kUnit)->data(), address);
  EXPECT_EQ(arena.reserved(), 4 * kUnit);
}

TEST(Arena, NeighboursCoalesceInAnyOrder) {
  std::vector<int> order = {0, 1, 2};
  do {
    Arena arena({}, 3 * kUnit);
    std::vector<std::shared_ptr<Storage>> parts;
    for (int i = 0; i < 3; ++i) parts.push_back(arena.allocate(kUnit));
    std::byte* const start = parts[0]->data();
    for (const int i : order) parts[static_cast<std::size_t>(i)].reset();
    EXPECT_EQ(arena.allocate(3 * kUnit)->data(), start);
    EXPECT_EQ(arena.reserved(), 3 * kUnit);
  } while (std::ranges::next_permutation(order).found);
}

TEST(Arena, CountsUsedAndPeak) {
  Arena arena({}, 64 * kUnit);
  auto a = arena.allocate(kUnit + 1);
  EXPECT_EQ(arena.used(), 2 * kUnit) << "rounded up";
  auto b = arena.allocate(3 * kUnit);
  a.reset();
  b.reset();
  EXPECT_EQ(arena.used(), 0u);
  EXPECT_EQ(arena.peak(), 5 * kUnit);
}

TEST(Arena, LargeRequestsGetBlocksOfTheirOwn) {
  Arena arena({}, kUnit);
  const auto storage = arena.allocate(100 * kUnit);
  EXPECT_EQ(storage->bytes(), 100 * kUnit);
  EXPECT_GE(arena.reserved(), 100 * kUnit);
}

TEST(Arena, StorageOutlivesIt) {
  std::shared_ptr<Storage> storage;
  {
    Arena arena;
    storage = arena.allocate(1000);
  }
  std::fill_n(storage->data(), storage->bytes(), std::byte{1});
  EXPECT_EQ(storage->data()[999], std::byte{1});
}

TEST(ArenaScope, TensorsComeFromTheInnermostArena) {
  Arena outer, inner;
  EXPECT_EQ(Arena::current({}), nullptr);
  const ArenaScope outer_scope(outer);
  {
    const ArenaScope inner_scope(inner);
    const Tensor tensor = Tensor::empty({100});
    EXPECT_GT(inner.used(), 0u);
    EXPECT_EQ(outer.used(), 0u);
  }
  EXPECT_EQ(Arena::current({}), &outer);
  const NoArenaScope none;
  const Tensor tensor = Tensor::empty({100});
  EXPECT_EQ(outer.used(), 0u);
}

TEST(Arena, PiecesMayDieOnOtherThreads) {
  Arena arena({}, 1 << 20);
  BoundedQueue<std::shared_ptr<Storage>> pieces(16);
  constexpr int kPieces = 2000;
  std::jthread other([&] {
    for (int i = 0; i < kPieces; ++i) pieces.pop();
  });
  for (int i = 0; i < kPieces; ++i) {
    pieces.push(arena.allocate(100));
    arena.allocate(700);
  }
  other.join();
  EXPECT_EQ(arena.used(), 0u);
  arena.allocate(1 << 20);
  EXPECT_EQ(arena.reserved(), 1u << 20) << "all of it is one range again";
}

}  // namespace
}  // namespace sonograd
