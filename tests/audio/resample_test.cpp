#include "audio/resample.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <utility>

#include "tensor/support/error.h"
#include "tests/audio/sound_files.h"

namespace sonograd::audio {
namespace {

constexpr std::pair<int, int> kRates[] = {{44100, 16000}, {48000, 16000},  {22050, 16000}, {8000, 22050},
                                          {16000, 44100}, {768000, 16000}, {11025, 12000}, {96000, 29400}};

TEST(Resample, LengthIsRoundedUp) {
  EXPECT_EQ(resampled_length(0, 44100, 16000), 0);
  EXPECT_EQ(resampled_length(1, 48000, 16000), 1);
  EXPECT_EQ(resampled_length(3, 48000, 16000), 1);
  EXPECT_EQ(resampled_length(4, 48000, 16000), 2);
  EXPECT_EQ(resampled_length(44100, 44100, 16000), 16000);
  EXPECT_EQ(resampled_length(std::int64_t{1} << 60, 1, 1), std::int64_t{1} << 60);
  for (const auto& [from, to] : kRates) {
    for (const std::int64_t samples : {0, 1, 2, 997, 10007}) {
      const std::vector<float> input(static_cast<std::size_t>(samples), 0.1f);
      EXPECT_EQ(resample(input, from, to).size(), resampled_length(samples, from, to)) << from << ' ' << to;
    }
  }
}

TEST(Resample, KeepsFrequencyPhaseAndLevelOfASine) {
  for (const auto& [from, to] : kRates) {
    const auto output = resample(sine(from / 2, 1000, from), from, to);
    const auto expected = sine(to / 2, 1000, to);
    ASSERT_EQ(output.size(), expected.size());
    // Near the ends the filter sees the silence outside.
    const std::size_t margin = static_cast<std::size_t>(to) / 50;
    for (std::size_t i = margin; i + margin < output.size(); ++i) {
      ASSERT_NEAR(output[i], expected[i], 1e-4) << from << " to " << to << " at " << i;
    }
  }
}

TEST(Resample, RemovesWhatTheLowerRateCannotHold) {
  const auto output = resample(sine(44100, 12000, 44100), 44100, 16000);
  const auto middle = std::span(output).subspan(1000, 14000);
  EXPECT_LT(*std::ranges::max_element(middle), 1e-4f);
}

TEST(Resample, EqualRatesChangeNothing) {
  const auto input = noise(1000);
  EXPECT_EQ(resample(input, 16000, 16000), input);
}

TEST(Resample, BlocksDoNotShow) {
  const auto input = noise(50000);
  Resampler resampler(44100, 16000);
  std::vector<float> output;
  for (std::size_t start = 0, size = 1; start < input.size(); start += size, size = size * 3 % 4096 + 1) {
    resampler.process(std::span(input).subspan(start, std::min(size, input.size() - start)), output);
  }
  resampler.finish(output);
  EXPECT_EQ(output, resample(input, 44100, 16000));
}

TEST(Resample, RefusesImpossibleRates) {
  EXPECT_THROW(Resampler(0, 16000), ConfigError);
  EXPECT_THROW(Resampler(16000, -1), ConfigError);
  EXPECT_THROW(Resampler(16000, kMaxSampleRate + 1), ConfigError);
}

TEST(Resample, TakesTheLowestRate) {
  EXPECT_EQ(resample(std::vector<float>(5, 0.1f), 1, 16000).size(), 80000);
}

}  // namespace
}  // namespace sonograd::audio
