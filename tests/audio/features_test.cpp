// Features against librosa and torchaudio: the values in golden/features.json (made by
// golden/make_features.py), worked values of the formulas, and properties.
#include "audio/features.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <numbers>

#include "tests/support/files.h"

namespace sonograd::audio {
namespace {

// Numbers in [0, 1), as in make_features.py.
class Lcg {
 public:
  explicit Lcg(std::uint32_t state) : state_(state) {}
  double operator()() {
    state_ = 1664525u * state_ + 1013904223u;
    return state_ * 0x1p-32;
  }

 private:
  std::uint32_t state_;
};

double sine(double hz, double seconds, double phase = 0) {
  return std::sin(2 * std::numbers::pi * hz * seconds + phase);
}

Tensor two_tones() {
  const Tensor x = Tensor::empty({1, 22050});
  Lcg noise(12345);
  for (int n = 0; n < 22050; ++n) {
    const double t = n / 22050.0;
    x.data<float>()[n] =
        static_cast<float>(0.5 * sine(442, t) + 0.25 * sine(1234.5, t, 0.3) + 0.05 * (2 * noise() - 1));
  }
  return x;
}

Tensor noisy_tone(int rate) {
  const Tensor x = Tensor::empty({1, rate});
  Lcg noise(1);
  for (int n = 0; n < rate; ++n) {
    x.data<float>()[n] = static_cast<float>(0.5 * (noise() - 0.5) + 0.25 * sine(440, n / double(rate)));
  }
  return x;
}

float at(const Tensor& features, std::int64_t frame, std::int64_t band) {
  return features.data<float>()[frame * features.shape()[-1] + band];
}

// Differences are measured against `relative` times the value plus `absolute`.
void expect_golden(const std::string& name, const Tensor& features, double relative, double absolute) {
  SCOPED_TRACE(name);
  static const auto golden = nlohmann::json::parse(std::ifstream(test::golden_path("features.json")));
  const auto& entry = golden.at(name);
  ASSERT_EQ(features.shape(), (Shape{1, entry["shape"][0], entry["shape"][1]}));
  std::size_t i = 0;
  for (std::int64_t frame = 0; frame < features.shape()[1]; frame += entry["stride"][0].get<std::int64_t>()) {
    for (std::int64_t band = 0; band < features.shape()[2]; band += entry["stride"][1].get<std::int64_t>()) {
      const double expected = entry["values"][i++];
      EXPECT_NEAR(at(features, frame, band), expected, relative * std::abs(expected) + absolute)
          << "frame " << frame << ", band " << band;
    }
  }
  EXPECT_EQ(i, entry["values"].size());
}

TEST(Features, MatchLibrosa) {
  const Tensor x = two_tones();
  const Tensor mel = mel_spectrogram(x), coefficients = mfcc(x);
  expect_golden("librosa mel", mel, 1e-4, 1e-7);
  expect_golden("librosa dB", power_to_db(mel), 0, 1e-3);
  expect_golden("librosa mfcc", coefficients, 0, 1e-3);
  expect_golden("librosa mfcc, lifter 22", mfcc(x, {.lifter = 22}), 1e-5, 1e-3);
  expect_golden("librosa delta", delta(coefficients), 0, 1e-3);
  expect_golden("librosa delta 2", delta(coefficients, {.order = 2}), 0, 1e-3);
}

TEST(Features, MatchTorchaudio) {
  expect_golden("torchaudio mel 16k",
                mel_spectrogram(noisy_tone(16000), MelSpectrogramOptions::torchaudio(16000, 512, 256, 96)),
                1e-4, 1e-6);
  expect_golden("torchaudio mel 22k",
                mel_spectrogram(noisy_tone(22050), MelSpectrogramOptions::torchaudio(22050, 1024, 512, 128)),
                1e-4, 1e-6);
}

TEST(Features, MatchWorkedValues) {
  const Tensor x = two_tones();
  EXPECT_FLOAT_EQ(x.data<float>()[22049], -0.0800083577f);
  const Tensor mel = mel_spectrogram(x), coefficients = mfcc(x);
  ASSERT_EQ(mel.shape(), (Shape{1, 44, 128}));
  EXPECT_NEAR(at(mel, 0, 0), 2.195342, 2e-4);
  EXPECT_NEAR(at(mel, 5, 10), 0.06887303, 7e-6);
  EXPECT_NEAR(at(mel, 20, 60), 0.03923916, 4e-6);
  EXPECT_NEAR(at(mel, 43, 127), 0.03160065, 3e-6);
  EXPECT_NEAR(at(coefficients, 0, 0), -82.05103, 1e-3);
  EXPECT_NEAR(at(coefficients, 10, 1), 16.33081, 1e-3);
  EXPECT_NEAR(at(coefficients, 43, 19), -4.72721, 1e-3);

  auto options = MelSpectrogramOptions::torchaudio(22050, 512, 256, 96);
  options.f_max = 8000;
  const Tensor db = log_mel_spectrogram(x, options, {});
  ASSERT_EQ(db.shape(), (Shape{1, 87, 96}));
  EXPECT_FLOAT_EQ(at(db, 0, 0), -100);
  EXPECT_NEAR(at(db, 10, 20), 11.46570, 1e-3);
  EXPECT_NEAR(at(db, 40, 50), -3.80243, 1e-3);
  EXPECT_NEAR(at(db, 86, 95), -5.15490, 1e-3);
}

TEST(Features, SilenceIsTheFloor) {
  const Tensor silence = Tensor::zeros({2, 16000});
  const Tensor db = log_mel_spectrogram(silence, MelSpectrogramOptions::torchaudio(16000, 512, 256, 96), {});
  for (const float value : db.span<float>()) ASSERT_FLOAT_EQ(value, -100);
}

TEST(Features, DecibelsHaveALimitedRange) {
  const Tensor power = Tensor::from<float>(std::vector<float>{1e-20f, 1e-3f, 1, 100}, {4});
  EXPECT_FLOAT_EQ(power_to_db(power).data<float>()[0], -60);
  EXPECT_FLOAT_EQ(power_to_db(power, {}).data<float>()[0], -100);
  EXPECT_FLOAT_EQ(power_to_db(power, {.ref = 100}).data<float>()[2], -20);
  EXPECT_THROW(power_to_db(power, {.ref = 0}), ConfigError);
}

TEST(Delta, OfALineIsItsSlopeEverywhere) {
  const Tensor line = Tensor::empty({1, 20, 1}), parabola = Tensor::empty({1, 20, 1});
  for (int t = 0; t < 20; ++t) line.data<float>()[t] = 3.0f * static_cast<float>(t) - 7;
  for (int t = 0; t < 20; ++t) parabola.data<float>()[t] = 2.0f * static_cast<float>(t * t);
  const Tensor slope = delta(line), second = delta(parabola, {.order = 2});
  for (const float value : slope.span<float>()) EXPECT_NEAR(value, 3, 1e-5);
  for (const float value : second.span<float>()) EXPECT_NEAR(value, 4, 1e-4);
}

TEST(Delta, RefusesWhatDoesNotFit) {
  EXPECT_THROW(delta(Tensor::zeros({1, 8, 2})), ShapeError);
  EXPECT_THROW(delta(Tensor::zeros({1, 20, 2}), {.width = 8}), ConfigError);
  EXPECT_THROW(mfcc(Tensor::zeros({1, 22050}), {.n_mfcc = 200}), ConfigError);
}

}  // namespace
}  // namespace sonograd::audio
