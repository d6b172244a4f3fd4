// [threads]
#include "tensor/support/prefetcher.h"

#include <atomic>
#include <gtest/gtest.h>
#include <stdexcept>

namespace sonograd {
namespace {

std::size_t square(std::size_t i) {
  return i * i;
}

TEST(Prefetcher, HandsOutItemsInOrderForAnyNumberOfWorkers) {
  for (const int workers : {1, 2, 3, 7}) {
    Prefetcher<std::size_t> items(3, 20, workers, 2, square);
    for (std::size_t i = 3; i < 20; ++i) EXPECT_EQ(items.next(), i * i) << workers;
  }
}

TEST(Prefetcher, WorksAheadOnlySoFar) {
  std::atomic<std::size_t> made = 0;
  Prefetcher<std::size_t> items(0, 100, 2, 3, [&](std::size_t i) { return ++made, i; });
  for (int i = 0; i < 4; ++i) items.next();
  // Both workers hold three finished items, one in hand, and gave two away.
  EXPECT_LE(made, 4u + 2 * 3 + 2);
}

TEST(Prefetcher, PassesOnWhatWasThrownWhereItHappened) {
  Prefetcher<std::size_t> items(0, 5, 2, 2, [](std::size_t i) {
    if (i == 2) throw std::runtime_error("two");
    return i;
  });
  EXPECT_EQ(items.next(), 0u);
  EXPECT_EQ(items.next(), 1u);
  EXPECT_THROW(items.next(), std::runtime_error);
  EXPECT_EQ(items.next(), 3u);
}

TEST(Prefetcher, EndsEarlyWithoutBeingEmptied) {
  std::atomic<std::size_t> made = 0;
  {
    Prefetcher<std::size_t> items(0, 1000, 4, 1, [&](std::size_t i) { return ++made, i; });
    EXPECT_EQ(items.next(), 0u);
  }
  // Each worker had one finished item and one in hand, and one item was given away: closed queues make no more.
  EXPECT_LE(made, 4u + 2 * 4 + 1);
}

}  // namespace
}  // namespace sonograd
