#include "train/eval/intervals.h"

#include <gtest/gtest.h>

namespace sonograd::train {
namespace {

struct Case {
  double score;
  std::size_t with, without;
  double low, high;
};

// All values within 1.96 of their own standard errors of the score, searched on a grid of a millionth in Python.
TEST(RocAucInterval, EqualsASearchOfAllValues) {
  for (const Case& c : {Case{0.893, 51, 58, 0.811477, 0.939883}, Case{1, 3, 40, 0.686953, 1},
                        Case{0.75, 4, 20, 0.436746, 0.913988}, Case{0.5, 10, 10, 0.273516, 0.726484}}) {
    const Interval interval = roc_auc_interval(c.score, c.with, c.without);
    EXPECT_NEAR(interval.low, c.low, 2e-6) << c.score;
    EXPECT_NEAR(interval.high, c.high, 2e-6) << c.score;
  }
}

TEST(RocAucInterval, MirrorsWithTheScore) {
  const Interval good = roc_auc_interval(0.8, 7, 30), bad = roc_auc_interval(0.2, 7, 30);
  EXPECT_NEAR(good.low, 1 - bad.high, 1e-9);
  EXPECT_NEAR(good.high, 1 - bad.low, 1e-9);
  EXPECT_EQ(roc_auc_interval(0, 1, 1).low, 0);
  EXPECT_EQ(roc_auc_interval(1, 1, 1).high, 1);
}

// The values that Wilson's formula accepts, searched on a grid of a millionth in Python.
TEST(ShareInterval, IsWilsons) {
  EXPECT_NEAR(share_interval(8, 10).low, 0.490163, 2e-6);
  EXPECT_NEAR(share_interval(8, 10).high, 0.943317, 2e-6);
  EXPECT_NEAR(share_interval(10, 10).low, 0.722468, 2e-6);
  EXPECT_DOUBLE_EQ(share_interval(10, 10).high, 1);
  EXPECT_EQ(share_interval(0, 5).low, 0);
  EXPECT_NEAR(share_interval(0, 5).high, 0.434482, 2e-6);
  EXPECT_EQ(share_interval(0, 0).high, 1);
}

}  // namespace
}  // namespace sonograd::train
