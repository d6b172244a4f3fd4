// Effects on waveforms against their formulas and against SciPy: golden/effects.json, made by golden/make_effects.py.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <numbers>
#include <set>
#include <sstream>

#include "tensor/support/error.h"
#include "tests/support/files.h"
#include "tests/train/table_files.h"
#include "train/data/effects/effect.h"
#include "train/data/effects/reverb.h"
#include "train/data/effects/time_stretch.h"
#include "train/data/effects/windowed_sinc.h"

namespace sonograd::train {
namespace {

using testing::HasSubstr;

constexpr int kRate = 8000;

const nlohmann::json& golden_effects() {
  static const auto file = nlohmann::json::parse(std::ifstream(test::golden_path("effects.json")));
  return file;
}

Effect effect(std::string_view name) {
  for (const Effect& each : all_effects()) {
    if (each.name == name) return each;
  }
  throw std::runtime_error("no such effect");
}

RandomKey example_key(std::uint32_t example) {
  return {.seed = 9, .step = 3, .example = example};
}

std::vector<float> changed(std::string_view name, std::vector<float> samples,
                           const Settings::Augment& settings, std::uint32_t example = 0) {
  Random random(example_key(example));
  effect(name).apply(samples, kRate, settings, random);
  return samples;
}

/// As in make_effects.py.
std::vector<float> burst(std::size_t count) {
  std::vector<float> samples(count);
  std::uint32_t state = 1;
  for (std::size_t n = 0; n < count; ++n) {
    state = 1664525u * state + 1013904223u;
    samples[n] = n < count / 5 ? static_cast<float>(state * 0x1p-32 - 0.5) : 0.0f;
  }
  return samples;
}

std::vector<float> tone_of(double hz, int rate, double seconds) {
  std::vector<float> samples(static_cast<std::size_t>(seconds * rate));
  for (std::size_t n = 0; n < samples.size(); ++n)
    samples[n] =
        static_cast<float>(0.5 * std::sin(2 * std::numbers::pi * hz * static_cast<double>(n) / rate));
  return samples;
}

/// Frequency by the zero crossings of the middle half.
double hertz(std::span<const float> samples, int rate) {
  const auto middle = samples.subspan(samples.size() / 4, samples.size() / 2);
  std::vector<double> crossings;
  for (std::size_t n = 1; n < middle.size(); ++n) {
    if (middle[n - 1] < 0 && middle[n] >= 0)
      crossings.push_back(static_cast<double>(n) - middle[n] / (middle[n] - middle[n - 1]));
  }
  return static_cast<double>(crossings.size() - 1) * rate / (crossings.back() - crossings.front());
}

double root_mean_square(std::span<const float> samples) {
  double sum = 0;
  for (const float sample : samples) sum += double{sample} * sample;
  return std::sqrt(sum / static_cast<double>(samples.size()));
}

void expect_values(std::span<const float> values, const nlohmann::json& expected, std::size_t stride,
                   double tolerance) {
  ASSERT_EQ((values.size() + stride - 1) / stride, expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    ASSERT_NEAR(values[i * stride], expected[i].get<double>(), tolerance) << i;
}

Settings::Augment all_certain() {
  Settings::Augment settings;
  for (double* const p : {&settings.polarity, &settings.noise, &settings.gain, &settings.filter,
                          &settings.delay, &settings.pitch, &settings.reverb})
    *p = 1;
  return settings;
}

TEST(Effects, HavePlacesOfTheirOwnAndDoNothingByDefault) {
  std::set<int> places;
  std::set<std::string_view> names;
  for (const Effect& each : all_effects()) {
    EXPECT_TRUE(places.insert(each.place).second) << each.name;
    EXPECT_TRUE(names.insert(each.name).second) << each.name;
    EXPECT_EQ(each.probability({}), 0) << each.name;
    EXPECT_EQ(each.probability(all_certain()), 1) << each.name;
  }
  EXPECT_EQ(names.size(), 7u);
  std::vector<float> samples = burst(1000);
  apply_effects(samples, kRate, {}, example_key(1));
  EXPECT_EQ(samples, burst(1000));
  EXPECT_FALSE(has_effects({}));
  EXPECT_TRUE(has_effects(all_certain()));
}

TEST(Effects, AreAFunctionOfTheKeyAlone) {
  const auto run = [](const Settings::Augment& settings, std::uint32_t example) {
    std::vector<float> samples = burst(4000);
    apply_effects(samples, kRate, settings, example_key(example));
    return samples;
  };
  EXPECT_EQ(run(all_certain(), 1), run(all_certain(), 1));
  EXPECT_NE(run(all_certain(), 1), run(all_certain(), 2));
  for (const float sample : run(all_certain(), 1)) ASSERT_TRUE(std::isfinite(sample));
  Settings::Augment noise, both;
  noise.noise = both.noise = both.polarity = 1;
  const auto plain = run(noise, 5), inverted = run(both, 5);
  const auto input = burst(4000);
  for (std::size_t n = 0; n < plain.size(); ++n)
    ASSERT_NEAR(plain[n] - input[n], inverted[n] + input[n], 1e-6) << "the numbers of an effect are its own";
}

TEST(Effects, HappenAsOftenAsTheirProbability) {
  Settings::Augment settings;
  settings.polarity = 0.3;
  int count = 0;
  for (std::uint32_t example = 0; example < 4000; ++example) {
    std::vector<float> samples = {1.0f};
    apply_effects(samples, kRate, settings, example_key(example));
    count += samples[0] < 0;
  }
  EXPECT_NEAR(count / 4000.0, 0.3, 0.03);
}

TEST(Effects, RefuseRangesThatAreTheWrongWayRound) {
  Settings::Augment settings;
  check_effects(settings);
  settings.delay_min = 500;
  EXPECT_THAT(message_of<ConfigError>([&] { check_effects(settings); }),
              HasSubstr("augment.delay_min: expected at most augment.delay_max = 450, got 500"));
}

TEST(PolarityEffect, ChangesTheSign) {
  EXPECT_EQ(changed("polarity", {1, -0.5f, 0}, {}), (std::vector<float>{-1, 0.5f, 0}));
}

TEST(GainEffect, ScalesByDecibels) {
  Settings::Augment settings;
  settings.gain_min = settings.gain_max = -6;
  const auto samples = changed("gain", {1, -2}, settings);
  EXPECT_NEAR(samples[0], std::pow(10, -0.3), 1e-6);
  EXPECT_NEAR(samples[1], -2 * std::pow(10, -0.3), 1e-6);
  settings.gain_min = -20;
  settings.gain_max = -1;
  std::set<float> levels;
  for (std::uint32_t example = 0; example < 200; ++example)
    levels.insert(changed("gain", {1}, settings, example)[0]);
  EXPECT_NEAR(*levels.begin(), 0.1, 0.01);
  EXPECT_NEAR(*levels.rbegin(), std::pow(10, -0.05), 0.03);
}

TEST(NoiseEffect, HasALevelRelativeToTheExample) {
  Settings::Augment settings;
  settings.noise_min = settings.noise_max = 0.4;
  const std::vector<float> tone = tone_of(440, kRate, 2);
  std::vector<float> noise = changed("noise", tone, settings);
  for (std::size_t n = 0; n < tone.size(); ++n) noise[n] -= tone[n];
  EXPECT_NEAR(root_mean_square(noise) / root_mean_square(tone), 0.4, 0.01);
}

TEST(DelayEffect, AddsHalfOfAnEarlierSample) {
  Settings::Augment settings;
  settings.delay_min = settings.delay_max = 200;  // 1600 samples
  const std::vector<float> x = tone_of(100.5, kRate, 0.5);
  const auto y = changed("delay", x, settings);
  for (std::size_t n = 0; n < x.size(); ++n)
    ASSERT_NEAR(y[n], (x[n] + (n >= 1600 ? 0.5 * x[n - 1600] : 0)) / 2, 1e-6);
  std::vector<float> impulse(4000, 0.0f);
  impulse[0] = 1;
  std::set<std::ptrdiff_t> delays;
  for (std::uint32_t example = 0; example < 200; ++example) {
    const auto echo = changed("delay", impulse, {}, example);
    delays.insert(std::ranges::find(echo, 0.25f) - echo.begin());
  }
  EXPECT_EQ(delays, (std::set<std::ptrdiff_t>{1600, 2000, 2400, 2800, 3200, 3600}));
}

TEST(WindowedSinc, EqualsTheDesignOfSciPy) {
  for (const auto& [cutoff, taps] : golden_effects()["taps"].items())
    expect_values(low_pass_taps(std::stod(cutoff)), taps, 1, 1e-7);
  expect_values(filter(burst(4000), low_pass_taps(0.1)), golden_effects()["low-pass"], 37, 1e-6);
}

TEST(FilterEffect, TakesAwayOneSideOfTheCutoff) {
  Settings::Augment settings;
  settings.highpass_min = settings.highpass_max = 1000;
  settings.lowpass_min = settings.lowpass_max = 2000;
  std::set<std::string> seen;
  for (std::uint32_t example = 0; example < 20; ++example) {
    const auto level = [&](double hz) {
      const std::vector<float> tone = tone_of(hz, kRate, 1);
      return root_mean_square(changed("filter", tone, settings, example)) / root_mean_square(tone);
    };
    const double low = level(500), high = level(2800);
    const bool is_high_pass = low < 0.5;
    EXPECT_NEAR(is_high_pass ? high : low, 1, 0.02);
    EXPECT_LT(is_high_pass ? low : high, 0.05);
    seen.insert(is_high_pass ? "high" : "low");
  }
  EXPECT_EQ(seen.size(), 2u);
  settings.highpass_min = settings.highpass_max = settings.lowpass_min = settings.lowpass_max = 50000;
  for (const float sample : changed("filter", tone_of(500, kRate, 0.1), settings))
    ASSERT_TRUE(std::isfinite(sample)) << "cutoffs above half the rate";
}

TEST(TimeStretch, KeepsPitchAndLevel) {
  for (const double factor : {0.67, 0.9, 1.3, 1.5}) {
    const std::vector<float> tone = tone_of(441, kRate, 2);
    const auto longer = stretch_time(tone, factor, kRate);
    EXPECT_EQ(std::ssize(longer), std::llround(factor * 16000));
    EXPECT_NEAR(hertz(longer, kRate), 441, 1) << factor;
    const auto body = std::span(longer).first(longer.size() * 9 / 10);
    EXPECT_NEAR(root_mean_square(body), root_mean_square(tone), 0.02) << factor;
  }
  EXPECT_EQ(stretch_time(std::vector<float>(10, 1.0f), 1.5, kRate).size(), 15u) << "shorter than a segment";
}

TEST(PitchEffect, ShiftsByCents) {
  Settings::Augment settings;
  settings.pitch_max = 700;
  for (std::uint32_t example = 0; example < 8; ++example) {
    Random same(example_key(example));
    const double cents = static_cast<double>(same.below(1401)) - 700;
    const auto shifted = changed("pitch", tone_of(500, kRate, 2), settings, example);
    ASSERT_EQ(shifted.size(), 16000u);
    EXPECT_NEAR(hertz(shifted, kRate), 500 * std::pow(2, cents / 1200), 1.5) << cents;
  }
  settings.pitch_max = 0;
  EXPECT_EQ(changed("pitch", burst(1000), settings), burst(1000));
}

TEST(Reverb, EqualsTheTransferFunctions) {
  for (const auto& [name, values] : golden_effects()["reverb"].items()) {
    std::istringstream words(name);
    int rate = 0;
    Reverb reverb;
    words >> rate >> reverb.reverberance >> reverb.damping >> reverb.room;
    std::vector<float> samples = burst(4000);
    reverberate(samples, rate, reverb);
    SCOPED_TRACE(name);
    expect_values(samples, values, 37, 2e-6);
  }
}

TEST(ReverbEffect, AddsATail) {
  const auto wet = changed("reverb", burst(8000), {});
  EXPECT_GT(root_mean_square(std::span(wet).subspan(2000, 2000)), 1e-4);
}

}  // namespace
}  // namespace sonograd::train
