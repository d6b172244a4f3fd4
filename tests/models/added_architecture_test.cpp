// [threads] Networks that a program adds, on several threads. Within a turn nothing but the lock of the list orders them:
// ThreadSanitizer reports a change outside of it, without two threads that meet in the middle of one.
#include <algorithm>
#include <atomic>
#include <barrier>
#include <gtest/gtest.h>
#include <optional>
#include <thread>
#include <vector>

#include "models/core/architecture.h"
#include "tensor/support/error.h"

namespace sonograd::models {
namespace {

constexpr const char* kContended = "contended";

Architecture contended() {
  Architecture architecture = find_architecture("fcn");
  architecture.name = kContended;
  return architecture;
}

TEST(AddedArchitecture, IsAddedByOneOfTwoThreads) {
  constexpr int kTurns = 200;
  const std::size_t built_in = all_architectures().size();
  std::atomic<int> successes = 0;
  {
    std::barrier together(2);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&] {
        for (int turn = 0; turn < kTurns; ++turn) {
          std::optional<AddedArchitecture> added;
          Architecture own = contended();
          together.arrive_and_wait();
          try {
            added.emplace(std::move(own));
            ++successes;
          } catch (const ConfigError&) {  // the other thread was first
          }
          together.arrive_and_wait();
        }
      });
    }
  }
  EXPECT_EQ(successes, kTurns) << "one of the two threads in each turn";
  EXPECT_EQ(all_architectures().size(), built_in);
}

TEST(AddedArchitecture, IsAddedAndRemovedWhileOtherThreadsLookUp) {
  constexpr int kTurns = 200;
  const std::size_t built_in = all_architectures().size();
  std::atomic<int> odd_lists = 0;
  {
    const Architecture own = contended();
    std::barrier together(2);
    std::jthread adds([&] {
      for (int turn = 0; turn < kTurns; ++turn) {
        together.arrive_and_wait();
        const AddedArchitecture added(own);
      }
    });
    std::jthread looks_up([&] {
      for (int turn = 0; turn < kTurns; ++turn) {
        together.arrive_and_wait();
        const std::vector<Architecture> all = all_architectures();
        const auto names = std::ranges::count(all, kContended, &Architecture::name);
        odd_lists += names > 1 || all.size() != built_in + static_cast<std::size_t>(names);
        odd_lists += find_architecture("fcn").name != "fcn";
      }
    });
  }
  EXPECT_EQ(odd_lists, 0);
  EXPECT_EQ(all_architectures().size(), built_in);
}

}  // namespace
}  // namespace sonograd::models
