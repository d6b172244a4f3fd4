// Learned filters of first layers: their order, peaks and responses.
#include "models/explain/learned_filters.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sonograd::models {
namespace {

using testing::ElementsAre;

TEST(LearnedFilters, OfTheFirstLayerAreSortedByPeak) {
  ModelDescription about;
  about.arch = "sample_cnn";
  about.options = {{"channels", 3}};
  about.labels = {"a"};
  ModelDraft draft = make_model(std::move(about));
  const std::vector<float> taps = {1, -1, 1, 1, 1, 1, 1, 0, -1};  // peaks at 8, 0 and 4 kHz
  for (const layers::StateEntry& entry : draft.network->state()) {
    if (entry.name == "layer1.conv.weight") entry.tensor.copy_from(Tensor::from(taps, {3, 3, 1}));
  }
  const auto found = learned_filters(Model(std::move(draft)));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->taps, 3);
  std::vector<double> peaks;
  std::vector<std::size_t> order;
  for (const LearnedFilter& filter : found->filters) {
    peaks.push_back(filter.peak);
    order.push_back(filter.index);
    EXPECT_DOUBLE_EQ(*std::ranges::max_element(filter.response), 1);
  }
  EXPECT_THAT(peaks, ElementsAre(0, 4000, 8000));
  EXPECT_THAT(order, ElementsAre(1, 2, 0));
  EXPECT_NEAR(found->filters[0].response[128], 1.0 / 3, 1e-6) << "|1 + exp(-i pi/2) + exp(-i pi)| / 3";
}

TEST(LearnedFilters, OfTheHarmonicFrontEndFollowFromQ) {
  ModelDescription about;
  about.arch = "combined";
  about.options = {{"front", "harmonic"}, {"channels", 1}, {"samples", 20000}};
  about.labels = {"a"};
  ModelDraft draft = make_model(std::move(about));
  for (const layers::StateEntry& entry : draft.network->state()) {
    if (entry.name.ends_with("bw_Q")) entry.tensor.copy_from(Tensor::full({1}, 2));
  }
  const auto found = learned_filters(Model(std::move(draft)));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->filters.size(), 128u);
  EXPECT_DOUBLE_EQ(found->q, 2);
  EXPECT_NEAR(found->filters.front().peak, 32.7032, 1e-4);
  EXPECT_NEAR(found->filters.front().width, (0.1079 * 32.7032 + 24.7) / 2, 1e-4);
  EXPECT_TRUE(std::ranges::is_sorted(found->filters, {}, &LearnedFilter::peak));
  const LearnedFilter& middle = found->filters[48];  // 130.81 Hz, bins of 31.25 Hz, second harmonic 261.63 Hz
  const double width = (0.1079 * 261.6256 + 24.7) / 2;
  EXPECT_NEAR(middle.response[8], 1 - 2 * (261.6256 - 250) / width, 1e-3);
}

TEST(LearnedFilters, ResponsesAreAtTheBinsOfTheSpectrum) {
  ModelDescription about;
  about.arch = "combined";
  about.options = {{"front", "harmonic"}, {"channels", 1}, {"samples", 20000}, {"n_fft", 257}};
  about.labels = {"a"};
  const Model model(make_model(std::move(about)));
  const auto found = learned_filters(model);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->frequencies, model.network().feature_axes().bands);
  for (const LearnedFilter& filter : found->filters)
    ASSERT_EQ(filter.response.size(), found->frequencies.size());
}

TEST(LearnedFilters, ANetworkOnLogMelMapsHasNone) {
  ModelDescription about;
  about.arch = "musicnn";
  about.labels = {"a"};
  EXPECT_FALSE(learned_filters(Model(make_model(std::move(about)))).has_value());
}

}  // namespace
}  // namespace sonograd::models
