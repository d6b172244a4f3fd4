// A copy between two devices whose queues run in the least favourable way: in any order that their events allow.
#include "tensor/device/ordered_copy.h"

#include <array>
#include <deque>
#include <functional>
#include <gtest/gtest.h>

#include "tensor/random.h"

namespace sonograd {
namespace {

class Queues {
 public:
  void run(int device, std::function<void()> work) {
    queue(device).push_back({[] { return true; }, std::move(work)});
  }
  std::size_t mark(int device) {
    const std::size_t event = happened_.size();
    happened_.push_back(false);
    run(device, [this, event] { happened_[event] = true; });
    return event;
  }
  void wait(int device, std::size_t event) {
    queue(device).push_back({[this, event] { return bool(happened_[event]); }, [] {}});
  }
  // Runs everything, one piece of work after the other, from a queue that dice choose among those that need not wait.
  void drain(std::uint64_t seed) {
    Random random({.seed = seed, .stream = RandomStream::test});
    while (!queues_[0].empty() || !queues_[1].empty()) {
      auto& queue = queues_[random.below(2)];
      if (queue.empty() || !queue.front().ready()) continue;
      queue.front().work();
      queue.pop_front();
    }
  }

 private:
  struct Work {
    std::function<bool()> ready;
    std::function<void()> work;
  };
  std::deque<Work>& queue(int device) { return queues_[static_cast<std::size_t>(device)]; }

  std::array<std::deque<Work>, 2> queues_;
  std::vector<bool> happened_;
};

// Queues that leave out the wait on one of the devices.
struct Forgetful : Queues {
  int device;
  explicit Forgetful(int forgets) : device(forgets) {}
  void wait(int on, std::size_t event) {
    if (on != device) Queues::wait(on, event);
  }
};

// Device 0 computes 1, device 1 gets a copy and computes with it, and device 0 continues with 2 in the same memory.
template <class AnyQueues>
int result(AnyQueues queues, std::uint64_t seed) {  // by value and not moved: queued work points to it
  int source = 0, target = 0, used = 0;
  queues.run(0, [&] { source = 1; });
  copy_in_order(queues, 0, 1, [&] { queues.run(1, [&] { target = source; }); });
  queues.run(1, [&] { used = target; });
  queues.run(0, [&] { source = 2; });
  queues.drain(seed);
  return used;
}

constexpr std::uint64_t kSeeds = 64;

template <class AnyQueues>
std::uint64_t right_results(const AnyQueues& queues) {
  std::uint64_t right = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) right += result(queues, seed) == 1;
  return right;
}

TEST(OrderedCopy, IsRightInEveryOrderOfTheQueues) {
  EXPECT_EQ(right_results(Queues()), kSeeds);
}

TEST(OrderedCopy, NeedsBothWaits) {
  EXPECT_LT(right_results(Forgetful(0)), kSeeds) << "the source continues too early";
  EXPECT_LT(right_results(Forgetful(1)), kSeeds) << "the copy starts too early";
}

}  // namespace
}  // namespace sonograd
