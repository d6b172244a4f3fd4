#include "models/tagging/step_places.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/core/architecture.h"
#include "models/core/model_error.h"

namespace sonograd::models {
namespace {

using testing::ElementsAre;

std::vector<std::int64_t> starts(const std::vector<StepPlace>& places) {
  std::vector<std::int64_t> result;
  for (const StepPlace& place : places) result.push_back(place.samples.start);
  return result;
}

std::vector<std::size_t> rows(const std::vector<StepPlace>& places) {
  std::vector<std::size_t> result;
  for (const StepPlace& place : places) result.push_back(place.row);
  return result;
}

TEST(StepPlaces, CoverAClipOnce) {
  const ChunkRule rule{.sample_rate = 10, .length = 100, .hop = 100};
  const auto whole = step_places(rule, 200, 4);
  EXPECT_THAT(starts(whole), ElementsAre(0, 25, 50, 75, 100, 125, 150, 175));
  const auto with_rest = step_places(rule, 150, 4);  // the second chunk begins at 50
  EXPECT_THAT(starts(with_rest), ElementsAre(0, 25, 50, 75, 100, 125));
  EXPECT_THAT(rows(with_rest), ElementsAre(0u, 1u, 2u, 3u, 6u, 7u));
  const auto uneven = step_places(rule, 160, 4);  // the second chunk begins at 60, and a step of it at 85
  EXPECT_THAT(starts(uneven), ElementsAre(0, 25, 50, 75, 100, 110, 135));
  EXPECT_EQ(uneven[4].samples.length, 10) << "the rest of the step";
  for (const StepPlace& place : whole) EXPECT_EQ(place.samples.length, 25);
}

TEST(StepPlaces, EndWithAShortClip) {
  const ChunkRule rule{.sample_rate = 10, .length = 100, .hop = 100};
  EXPECT_THAT(starts(step_places(rule, 51, 4)), ElementsAre(0, 25, 50)) << "the last reaches past the end";
  EXPECT_THAT(starts(step_places(rule, 50, 4)), ElementsAre(0, 25));
  EXPECT_THAT(starts(step_places(rule, 0, 4)), ElementsAre(0)) << "silence is one step";
}

TEST(StepPlaces, TakeFromOverlappingChunksTheStepsBehindTheChunkBefore) {
  const ChunkRule rule{.sample_rate = 10, .length = 100, .hop = 50};
  EXPECT_THAT(rows(step_places(rule, 200, 4)), ElementsAre(0u, 1u, 2u, 3u, 6u, 7u, 10u, 11u));
}

TEST(StepPlaces, AreThoseOfNetworksWithSuchAnOutput) {
  const auto network = [](const char* name) { return find_architecture(name).make_network({}, 2); };
  const auto with = network("deepsound_cnn"), without = network("fcn");
  EXPECT_EQ(steps_of(*with), 77);
  EXPECT_EQ(steps_of(*without), 0);
  EXPECT_THROW(require_steps(*without), ModelError);
  ChunkRule rule = ChunkRule::of(ModelDescription(), with->input());
  EXPECT_EQ(steps_over_time(*with, rule), 77);
  rule.hop /= 2;
  EXPECT_EQ(steps_over_time(*with, rule), 0) << "overlapping chunks are points themselves";
}

}  // namespace
}  // namespace sonograd::models
