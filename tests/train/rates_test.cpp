#include "train/optim/rates.h"

#include <gtest/gtest.h>

namespace sonograd::train {
namespace {

Settings scheduled(ScheduleKind name) {
  Settings settings;
  settings.schedule.name = name;
  settings.train.epochs = 10;
  settings.optim.lr = 0.1;
  return settings;
}

TEST(Rates, OneCycleSpansTheWholeRun) {
  const Rates rates(scheduled(ScheduleKind::one_cycle), 7);
  EXPECT_EQ(rates.total_steps(), 70);
  EXPECT_NEAR(rates.at(0).lr, 0.1 / 25, 1e-12);
  EXPECT_NEAR(rates.at(20).lr, 0.1, 1e-12);
  EXPECT_NEAR(rates.at(69).lr, 0.1 / 25 / 1e4, 1e-12);
  EXPECT_EQ(rates.at(20).momentum, std::nullopt);
  Settings cycling = scheduled(ScheduleKind::one_cycle);
  cycling.schedule.cycle_momentum = true;
  EXPECT_NEAR(*Rates(cycling, 7).at(20).momentum, cycling.schedule.base_momentum, 1e-12);
}

TEST(Rates, CosineFallsToItsShare) {
  Settings settings = scheduled(ScheduleKind::cosine);
  settings.schedule.warmup = 0.1;
  settings.schedule.final_ratio = 0.5;
  const Rates rates(settings, 10);
  EXPECT_NEAR(rates.at(0).lr, 0.01, 1e-12);
  EXPECT_NEAR(rates.at(9).lr, 0.1, 1e-12);
  EXPECT_NEAR(rates.at(55).lr, 0.075, 1e-12);
}

TEST(Rates, PlateauFallsWhenNothingImprovesAndGoesOnWhereItWas) {
  Settings settings = scheduled(ScheduleKind::plateau);
  settings.schedule.patience = 1;
  settings.schedule.factor = 0.1;
  Rates rates(settings, 5);
  for (const double loss : {1.0, 1.0, 1.0}) rates.observe(loss);
  EXPECT_NEAR(rates.at(0).lr, 0.01, 1e-12);
  Rates resumed(settings, 5);
  resumed.restore(rates.plateau());
  EXPECT_NEAR(resumed.at(0).lr, 0.01, 1e-12);
  for (const double loss : {1.0, 1.0}) resumed.observe(loss);
  EXPECT_NEAR(resumed.at(0).lr, 0.001, 1e-12) << "factor and patience are those of the settings";
}

TEST(Rates, ConstantIgnoresLosses) {
  Rates rates(scheduled(ScheduleKind::constant), 5);
  for (int epoch = 0; epoch < 20; ++epoch) rates.observe(1);
  EXPECT_EQ(rates.at(49).lr, 0.1);
  EXPECT_FALSE(rates.phase_from(0));
}

TEST(Rates, SotaPhasesStartWhereTheyShould) {
  const Rates rates(scheduled(ScheduleKind::sota), 3);
  EXPECT_EQ(rates.at(3 * 4 - 1).lr, 0.1);
  ASSERT_TRUE(rates.phase_from(4));
  EXPECT_TRUE(rates.phase_from(4)->sgd);
  EXPECT_TRUE(rates.phase_from(4)->reload_best);
  EXPECT_FALSE(rates.phase_from(3));
  EXPECT_NEAR(rates.at(3 * 4).lr, 1.0, 1e-12);
}

}  // namespace
}  // namespace sonograd::train
