// The picture of SoX as a front end: levels of signals whose level is known.
#include "models/fronts/sox_spectrogram.h"

#include <cmath>
#include <gtest/gtest.h>
#include <numbers>

namespace sonograd::models {
namespace {

// A sine at the centre of a row, of that amplitude.
Tensor sine(const SoxFront& front, std::int64_t row, double amplitude) {
  const Tensor x = Tensor::empty({1, front.samples});
  for (std::int64_t i = 0; i < front.samples; ++i) {
    const double turns = static_cast<double>(row * i) / static_cast<double>(front.n_fft);
    x.data<float>()[i] = static_cast<float>(amplitude * std::sin(2 * std::numbers::pi * turns));
  }
  return x;
}

TEST(SoxSpectrogram, ASineIsAsBrightAsItsLevel) {
  const SoxFront front;
  const SoxSpectrogram layer(front);
  const Tensor full = layer.forward(sine(front, 32, 1)), tenth = layer.forward(sine(front, 32, 0.1));
  ASSERT_EQ(full.shape(), (Shape{1, 128, 128, 1}));
  for (const std::int64_t column : {1, 64, 126}) {
    EXPECT_NEAR(full.data<float>()[column * 128 + 32], 1, 1e-3) << column;
    EXPECT_NEAR(tenth.data<float>()[column * 128 + 32], 1 - 20.0 / 120, 1e-3) << column;
    EXPECT_LT(full.data<float>()[column * 128 + 96], 0.3) << column;
  }
}

TEST(SoxSpectrogram, SilenceIsBlackAndNothingIsBrighterThanWhite) {
  const SoxFront front;
  const SoxSpectrogram layer(front);
  for (const double range : {1.0, front.range, 300.0}) {  // the limits of the option, and its default
    SoxFront other = front;
    other.range = range;
    const Tensor silent = SoxSpectrogram(other).forward(Tensor::zeros({1, front.samples}));
    for (const float value : silent.span<float>()) ASSERT_NEAR(value, 0, 1e-6) << range;
  }
  const Tensor loud = layer.forward(sine(front, 32, 4));
  EXPECT_EQ(loud.data<float>()[64 * 128 + 32], 1);
}

TEST(SoxSpectrogram, BandsAreFrequenciesFromZero) {
  const SoxFront front;
  const FeatureAxes axes = front.axes();
  ASSERT_EQ(axes.bands.size(), 128u);
  EXPECT_EQ(axes.bands[0], 0);
  EXPECT_EQ(axes.bands[64], 11025);
  EXPECT_EQ(axes.step, 882) << "50 columns a second";
}

TEST(SoxSpectrogram, RefusesMoreValuesASecondThanThereMayBe) {
  EXPECT_NO_THROW(SoxFront().input());
  EXPECT_THROW((SoxFront{.samples = 4096, .hop_length = 1, .spectra = 1}.input()), ConfigError);
}

TEST(SoxSpectrogram, RefusesAChunkWithoutAColumn) {
  const SoxFront front = {.samples = 800};
  EXPECT_THROW(SoxSpectrogram(front).forward(Tensor::zeros({1, 800})), ShapeError);
}

}  // namespace
}  // namespace sonograd::models
