#include "train/optim/schedule.h"

#include <cmath>
#include <gtest/gtest.h>
#include <numbers>

namespace sonograd::train {
namespace {

TEST(OneCycle, PassesThroughItsThreeCorners) {
  const OneCycle cycle{.max_lr = 0.1};
  EXPECT_DOUBLE_EQ(cycle.lr(0, 100), 0.1 / 25);
  EXPECT_DOUBLE_EQ(cycle.lr(29, 100), 0.1);
  EXPECT_NEAR(cycle.lr(99, 100), 0.1 / 25 / 1e4, 1e-18);
  EXPECT_DOUBLE_EQ(cycle.momentum(0, 100), 0.95);
  EXPECT_DOUBLE_EQ(cycle.momentum(29, 100), 0.85);
  EXPECT_DOUBLE_EQ(cycle.momentum(99, 100), 0.95);
}

// Printed by PyTorch: OneCycleLR(SGD(…), max_lr=0.1, total_steps=10).
TEST(OneCycle, MatchesTheReferenceFramework) {
  const double kRates[] = {0.0040000000000000036,
                           0.052000000000000005,
                           0.1,
                           0.09504846320134738,
                           0.0811745653949763,
                           0.06112620219362893,
                           0.03887419780637107,
                           0.0188258346050237,
                           0.004951936798652629,
                           4e-07};
  const OneCycle cycle{.max_lr = 0.1};
  for (int step = 0; step < 10; ++step) EXPECT_NEAR(cycle.lr(step, 10), kRates[step], 1e-12) << step;
}

// The same curve from the half-angle form: lr = low + (high - low)·sin²(angle).
TEST(OneCycle, FollowsHalfASineSquared) {
  const OneCycle cycle{.max_lr = 2, .pct_start = 0.25, .div = 10, .final_div = 100};
  const int total = 41;
  const double peak = 0.25 * total - 1;
  for (int step = 0; step < total; ++step) {
    const bool rising = step <= peak;
    const double progress = rising ? step / peak : 1 - (step - peak) / (total - 1 - peak);
    const double low = rising ? 0.2 : 0.002;
    const double sine = std::sin(std::numbers::pi / 2 * progress);
    EXPECT_NEAR(cycle.lr(step, total), low + (2 - low) * sine * sine, 1e-12) << step;
  }
}

TEST(OneCycle, IsFiniteForTheShortestRunsAndExtremePeaks) {
  for (const double pct_start : {0.0, 0.3, 1.0}) {
    for (int total = 1; total <= 5; ++total) {
      const OneCycle cycle{.max_lr = 1, .pct_start = pct_start};
      for (int step = 0; step < total; ++step) {
        const double lr = cycle.lr(step, total);
        EXPECT_TRUE(lr > 0 && lr <= 1) << pct_start << ' ' << total << ' ' << step << ' ' << lr;
      }
    }
  }
}

TEST(Cosine, FallsFromTheHighestToTheFinalRate) {
  const Cosine cosine{.max_lr = 1, .final_lr = 0.2};
  EXPECT_DOUBLE_EQ(cosine.lr(0, 8), 1);
  EXPECT_DOUBLE_EQ(cosine.lr(4, 8), 0.6);
  EXPECT_NEAR(cosine.lr(7, 8), 0.2 + 0.8 * std::pow(std::cos(std::numbers::pi * 7 / 16), 2), 1e-12);
}

TEST(Cosine, RisesLinearlyFirst) {
  const Cosine cosine{.max_lr = 1, .warmup = 0.5};
  EXPECT_DOUBLE_EQ(cosine.lr(0, 8), 0.25);
  EXPECT_DOUBLE_EQ(cosine.lr(3, 8), 1);
  EXPECT_DOUBLE_EQ(cosine.lr(4, 8), 1);
  EXPECT_DOUBLE_EQ(cosine.lr(6, 8), 0.5);
  EXPECT_DOUBLE_EQ((Cosine{.max_lr = 1, .warmup = 1}.lr(7, 8)), 1);
}

TEST(Plateau, ActsOnceThePatienceIsExceeded) {
  Plateau plateau{.factor = 0.1, .patience = 2};
  for (const double loss : {1.0, 0.9, 0.9, 0.95}) plateau.observe(loss);
  EXPECT_EQ(plateau.scale, 1);
  plateau.observe(0.9);  // the third epoch without a fall
  EXPECT_DOUBLE_EQ(plateau.scale, 0.1);
  EXPECT_EQ(plateau.bad_epochs, 0);
  EXPECT_EQ(plateau.best_loss, 0.9);
}

TEST(Plateau, CountsOnAcrossFallsOfTheLossWithoutReset) {
  Plateau plateau{.factor = 0.5, .patience = 2, .reset = false};
  for (const double loss : {1.0, 1.0, 0.5, 0.5, 0.4}) plateau.observe(loss);
  EXPECT_EQ(plateau.scale, 1);
  EXPECT_EQ(plateau.bad_epochs, 2);
  plateau.observe(0.4);  // the third epoch without a fall
  EXPECT_EQ(plateau.scale, 0.5);
  EXPECT_EQ(plateau.bad_epochs, 0);
}

TEST(Plateau, IgnoresTinyFallsAndNaN) {
  Plateau plateau{.patience = 0};
  plateau.observe(1.0);
  plateau.observe(1.0 - 1e-5);
  EXPECT_DOUBLE_EQ(plateau.scale, 0.5);
  plateau.observe(std::nan(""));
  EXPECT_DOUBLE_EQ(plateau.scale, 0.25);
  EXPECT_EQ(plateau.best_loss, 1.0);
}

TEST(Plateau, StopsAtTheLeastScale) {
  Plateau plateau{.factor = 0, .patience = 0, .min_scale = 0.01};
  plateau.observe(1);
  plateau.observe(1);
  EXPECT_EQ(plateau.scale, 0.01);
}

TEST(SotaPhases, AreThePublishedOnesAt200Epochs) {
  const auto phases = sota_phases(200);
  ASSERT_EQ(phases.size(), 4u);
  const int kFirst[] = {0, 80, 100, 120};
  const double kScale[] = {1, 10, 1, 0.1};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(phases[i].first_epoch, kFirst[i]);
    EXPECT_DOUBLE_EQ(phases[i].lr_scale, kScale[i]);
    EXPECT_EQ(phases[i].sgd, i > 0);
    EXPECT_EQ(phases[i].reload_best, i > 0);
  }
}

TEST(SotaPhases, ScaleToAnyLength) {
  const auto ten = sota_phases(10);
  ASSERT_EQ(ten.size(), 4u);
  EXPECT_EQ(ten[1].first_epoch, 4);
  EXPECT_EQ(ten[2].first_epoch, 5);
  EXPECT_EQ(ten[3].first_epoch, 6);
  EXPECT_EQ(sota_phases(1).size(), 1u);
  for (int epochs = 1; epochs < 300; ++epochs) {
    const auto phases = sota_phases(epochs);
    EXPECT_FALSE(phases.front().sgd);
    EXPECT_EQ(phases.front().first_epoch, 0);
    for (std::size_t i = 1; i < phases.size(); ++i) {
      EXPECT_LT(phases[i - 1].first_epoch, phases[i].first_epoch);
      EXPECT_LT(phases[i].first_epoch, epochs);
    }
  }
}

}  // namespace
}  // namespace sonograd::train
