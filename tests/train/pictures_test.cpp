// Pictures of contributions; those of reports are tested in report_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/mel/mel.h"
#include "tests/support/html.h"
#include "train/pictures/contribution_picture.h"
#include "train/pictures/filter_picture.h"
#include "train/pictures/mel_axes.h"

namespace sonograd::train {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ContributionLevels, PlaceBandsByFrequency) {
  // Two bands, 500 Hz and 2 kHz; the higher one speaks against the label in the second half.
  const ContributionMap map = {
      .columns = 1000, .bands = {500, 2000}, .at = [](std::int64_t column, std::int64_t band) {
        return band == 0 ? 0.0 : column < 500 ? 1.0 : -1.0;
      }};
  const Picture picture = contribution_levels(map, 8000);
  ASSERT_EQ(picture.width, 256);
  ASSERT_EQ(std::ssize(picture.levels), 256 * picture.height);
  const auto level = [&](double hz, std::int64_t x) {
    const double share = kernels::hz_to_mel(hz, kernels::MelScale::slaney) /
                         kernels::hz_to_mel(4000, kernels::MelScale::slaney);
    const auto row = static_cast<std::int64_t>((1 - share) * static_cast<double>(picture.height));
    return static_cast<int>(picture.levels[static_cast<std::size_t>(row * 256 + x)]);
  };
  EXPECT_EQ(level(500, 20), 128);
  EXPECT_EQ(level(1100, 20), 128) << "nearer to 500 Hz than to 2 kHz";
  EXPECT_EQ(level(2000, 20), 255);
  EXPECT_EQ(level(3900, 200), 1) << "beyond the highest band";
}

TEST(ContributionLevels, NothingIsTransparent) {
  const ContributionMap map = {.columns = 4, .bands = {500}, .at = [](auto, auto) { return 0.0; }};
  EXPECT_THAT(contribution_levels(map, 8000).levels, testing::Each(128));
}

TEST(ContributionPicture, IsACompleteFile) {
  ContributionPicture picture;
  picture.title = "a & b.wav: <tag>";
  picture.lines = {"one", "two"};
  picture.begin = 30;
  picture.seconds = 10;
  picture.sample_rate = 8000;
  picture.mel = {.width = 2, .height = 2, .levels = {0, 64, 128, 255}};
  picture.curve = {1, -2, 0};
  picture.most = {{31, 32}};
  const std::string plain = draw(picture);
  EXPECT_EQ(test::html_fault(plain), "");
  EXPECT_THAT(plain, HasSubstr("a &amp; b.wav: &lt;tag&gt;"));
  EXPECT_THAT(plain, HasSubstr(">0:34</text>"));
  EXPECT_THAT(plain, Not(HasSubstr("removed")));
  picture.deletion = {.removed = {0, 0.5, 1},
                      .by_importance = {0.9, 0.1, 0.1},
                      .random = {0.9, 0.8, 0.1},
                      .lowest = {0.9, 0.7, 0.1},
                      .highest = {0.9, 0.8, 0.1},
                      .area = 0.3,
                      .random_area = 0.65,
                      .lowest_area = 0.6,
                      .highest_area = 0.7};
  const std::string checked = draw(picture);
  EXPECT_EQ(test::html_fault(checked), "");
  EXPECT_THAT(checked, HasSubstr("most important first: area 0.300"));
  EXPECT_THAT(checked, HasSubstr("Below every random order"));
  picture.deletion->area = 0.8;
  EXPECT_THAT(draw(picture), HasSubstr("do not trust the map"));
}

TEST(FilterPicture, HasFrequenciesInKilohertz) {
  const std::string svg = draw(FilterPicture{.title = "filters",
                                             .lines = {},
                                             .highest = 8000,
                                             .responses = {.width = 1, .height = 1, .levels = {9}}});
  EXPECT_EQ(test::html_fault(svg), "");
  EXPECT_THAT(svg, HasSubstr(">8 kHz</text>"));
}

TEST(TimeTicks, BeginAtARoundTime) {
  const std::vector<MelTick> ticks = time_ticks(12.5, 10, 9);
  ASSERT_FALSE(ticks.empty());
  EXPECT_EQ(ticks.front().text, "0:14");
  EXPECT_NEAR(ticks.front().share, 0.15, 1e-12);
}

}  // namespace
}  // namespace sonograd::train
