// Whether other work shares the cores, from the time that threads had to wait for one.
#include "tensor/support/waiting.h"

#include <gtest/gtest.h>

namespace sonograd {
namespace {

using namespace std::chrono_literals;

class CrowdMeterTest : public testing::Test {
 protected:
  bool after(std::chrono::milliseconds duration, std::chrono::milliseconds without_core) {
    time_ += duration;
    delay_ += without_core;
    return meter_.add(delay_, time_);
  }

 private:
  CrowdMeter meter_;
  std::chrono::nanoseconds time_ = 1000s, delay_{};
};

TEST_F(CrowdMeterTest, TheFirstCountTellsNothing) {
  EXPECT_FALSE(after(0ms, 5000ms));  // since the process began
  EXPECT_FALSE(after(20ms, 0ms));
}

TEST_F(CrowdMeterTest, ATenthOfAThreadWithoutACoreIsACrowd) {
  after(0ms, 0ms);
  EXPECT_FALSE(after(20ms, 1ms));
  EXPECT_TRUE(after(20ms, 2ms));
}

TEST_F(CrowdMeterTest, ALongPauseBetweenTwoLooksCounts) {
  after(0ms, 0ms);
  EXPECT_FALSE(after(1000ms, 99ms));
  EXPECT_TRUE(after(1000ms, 100ms));
}

TEST_F(CrowdMeterTest, AThreadThatEndsTakesItsTimeAway) {
  after(0ms, 500ms);
  EXPECT_FALSE(after(20ms, -400ms));
}

TEST_F(CrowdMeterTest, TheCrowdIsGoneAfterASecondOfCalm) {
  after(0ms, 0ms);
  EXPECT_TRUE(after(20ms, 10ms));
  EXPECT_TRUE(after(500ms, 1ms));
  EXPECT_TRUE(after(499ms, 1ms));
  EXPECT_FALSE(after(1ms, 0ms));
  EXPECT_TRUE(after(20ms, 10ms)) << "it may come back";
}

}  // namespace
}  // namespace sonograd
