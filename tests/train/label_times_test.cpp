#include "train/data/label_times.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sonograd::train {
namespace {

using testing::ElementsAre;

constexpr int kRate = 100;

std::vector<float> targets_of(const LabelTimes& times, Task task, const SteppedChunk& chunk) {
  std::vector<float> targets;
  times.append_targets(chunk, task, targets);
  return targets;
}

TEST(LabelTimes, AStepHasTheLabelThatCoversMostOfIt) {
  const LabelTimes times({{1, 2.4, 1}, {0, 1, 0}}, 2);  // in any order
  const SteppedChunk whole{.place = {0, 400}, .samples = 400, .steps = 4, .sample_rate = kRate};
  EXPECT_THAT(targets_of(times, Task::multi_class, whole), ElementsAre(1, 0, 0, 1, 0, 0, 0, 0))
      << "the third step has less than half of a label";
  const SteppedChunk later{.place = {50, 200}, .samples = 200, .steps = 2, .sample_rate = kRate};
  EXPECT_THAT(targets_of(times, Task::multi_class, later), ElementsAre(1, 0, 0, 1))
      << "equal halves: the first";
  const SteppedChunk shifted{.place = {51, 200}, .samples = 200, .steps = 2, .sample_rate = kRate};
  EXPECT_THAT(targets_of(times, Task::multi_class, shifted), ElementsAre(0, 1, 0, 1));
}

TEST(LabelTimes, AStepHasEveryTagThatCoversHalfOfIt) {
  const LabelTimes times({{0, 1.5, 0}, {1, 3, 1}}, 2);
  const SteppedChunk chunk{.place = {0, 300}, .samples = 300, .steps = 3, .sample_rate = kRate};
  EXPECT_THAT(targets_of(times, Task::multi_label, chunk), ElementsAre(1, 0, 1, 1, 0, 1));
}

TEST(LabelTimes, RepeatWithAClipThatIsShorterThanTheChunk) {
  const LabelTimes times({{0, 1, 0}, {1, 2, 1}}, 2);
  SteppedChunk chunk{.place = {0, 200}, .samples = 500, .steps = 5, .sample_rate = kRate};
  EXPECT_THAT(targets_of(times, Task::multi_class, chunk), ElementsAre(1, 0, 0, 1, 1, 0, 0, 1, 1, 0));
  chunk.pad = audio::Pad::zero;
  EXPECT_THAT(targets_of(times, Task::multi_class, chunk), ElementsAre(1, 0, 0, 1, 0, 0, 0, 0, 0, 0))
      << "silence has no label";
}

TEST(LabelTimes, AStepMayReachFromOneRepetitionIntoTheNext) {
  const LabelTimes times({{0, 1, 0}, {1, 1.5, 1}}, 2);
  const SteppedChunk chunk{.place = {0, 150}, .samples = 300, .steps = 3, .sample_rate = kRate};
  EXPECT_THAT(targets_of(times, Task::multi_class, chunk), ElementsAre(1, 0, 1, 0, 1, 0))
      << "the second step: half a second of the end, half a second of the beginning";
}

TEST(LabelTimes, CountOverlapsOfALabelOnce) {
  const LabelTimes times({{0, 0.3, 0}, {0, 0.3, 0}, {0.1, 0.35, 0}, {0.5, 0.9, 1}}, 2);
  const SteppedChunk chunk{.place = {0, 100}, .samples = 100, .steps = 1, .sample_rate = kRate};
  EXPECT_THAT(targets_of(times, Task::multi_label, chunk), ElementsAre(0, 0)) << "0.35 and 0.4 of a second";
  EXPECT_THAT(targets_of(times, Task::multi_class, chunk), ElementsAre(0, 1));
  EXPECT_THAT(times.seconds(), ElementsAre(testing::DoubleEq(0.35), testing::DoubleEq(0.4)));
}

TEST(LabelTimes, CountSecondsAndHaveAText) {
  const LabelTimes times({{0, 1, 0}, {1, 3, 1}, {3, 3.5, 0}}, 3);
  EXPECT_THAT(times.seconds(), ElementsAre(1.5, 2, 0));
  EXPECT_EQ(to_text(times), "0 1 0;3 3.5 0;1 3 1;\n");
}

}  // namespace
}  // namespace sonograd::train
