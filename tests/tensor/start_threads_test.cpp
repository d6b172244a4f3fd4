// [threads]
#include "tensor/support/start_threads.h"

#include <array>
#include <atomic>
#include <gtest/gtest.h>
#include <pthread.h>

#include "tensor/support/prefetcher.h"

namespace sonograd {
namespace {

/// No thread can be started meanwhile: a stack of this size has no place in the address space.
class NoThreads {
 public:
  NoThreads() {
    pthread_attr_t attributes;
    pthread_getattr_default_np(&attributes);
    pthread_attr_getstacksize(&attributes, &before_);
    pthread_attr_setstacksize(&attributes, std::size_t{1} << 47);
    pthread_setattr_default_np(&attributes);
  }
  ~NoThreads() {
    pthread_attr_t attributes;
    pthread_getattr_default_np(&attributes);
    pthread_attr_setstacksize(&attributes, before_);
    pthread_setattr_default_np(&attributes);
  }

 private:
  std::size_t before_ = 0;
};

TEST(StartThreads, RunsEveryIndexOnce) {
  std::array<std::atomic<int>, 7> runs{};
  EXPECT_EQ(start_threads(runs.size(), [&](std::size_t i) { ++runs[i]; }).size(), runs.size());
  for (const auto& count : runs) EXPECT_EQ(count, 1);
  EXPECT_EQ(startable_threads(5), 5);
  EXPECT_EQ(startable_threads(0), 0);
}

TEST(StartThreads, ReturnsThoseThatTheSystemAllows) {
  const NoThreads limit;
  ASSERT_THROW(std::thread([] {}).join(), std::system_error) << "this test cannot forbid threads";
  EXPECT_TRUE(start_threads(3, [](std::size_t) {}).empty());
  EXPECT_EQ(startable_threads(3), 0);
}

TEST(StartThreads, APrefetcherWithoutThreadsMakesItsItemsWhenTheyAreTaken) {
  const NoThreads limit;
  int made = 0;
  Prefetcher<std::size_t> items(3, 20, 4, 2, [&](std::size_t i) {
    ++made;
    if (i == 5) throw std::runtime_error("five");
    return i * i;
  });
  EXPECT_EQ(made, 0);
  for (std::size_t i = 3; i < 20; ++i) {
    if (i == 5) {
      EXPECT_THROW(items.next(), std::runtime_error);
    } else {
      EXPECT_EQ(items.next(), i * i);
    }
  }
}

}  // namespace
}  // namespace sonograd
