// Cepstra against those of audio/features.h, which are compared with librosa.
#include "models/fronts/cepstrum.h"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "audio/features.h"
#include "autograd/tape.h"
#include "tests/layers/layer_gradients.h"
#include "tests/support/devices.h"
#include "tests/support/random_tensor.h"
#include "tests/train/tiny_run.h"

namespace sonograd::models {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kBands = 24, kFrames = 12;

Tensor levels() {
  return random_tensor({2, kFrames, kBands, 1});
}

// In evaluation, with statistics 0 and 1: the norm divides by sqrt(1 + 1e-5).
Tensor values_of(Cepstrum& cepstrum, const Tensor& map, Device device = {}) {
  const NoGrad no_grad;
  cepstrum.train(false);
  cepstrum.to(device);
  return cepstrum.forward(Variable(map.to(device))).data().to(Device{});
}

// `expected` [2, kFrames, n_mfcc] is channel `channel` of y.
void expect_channel(const Tensor& y, std::int64_t channel, const Tensor& expected) {
  const std::int64_t channels = y.shape()[3];
  ASSERT_EQ(y.numel(), expected.numel() * channels);
  for (std::int64_t i = 0; i < expected.numel(); ++i)
    ASSERT_NEAR(y.data<float>()[i * channels + channel], expected.data<float>()[i], 1e-4)
        << channel << ' ' << i;
}

TEST(Cepstrum, IsTheTransformOfTheBandsAndItsDerivatives) {
  Cepstrum cepstrum(kBands, {.n_mfcc = 7, .deltas = 2});
  const Tensor map = levels(), cosines = audio::cosine_transform(kBands, 7);
  const Tensor coefficients = Tensor::empty({2, kFrames, 7});
  for (std::int64_t row = 0; row < 2 * kFrames; ++row) {
    for (std::int64_t k = 0; k < 7; ++k) {
      double sum = 0;
      for (std::int64_t band = 0; band < kBands; ++band)
        sum += double{map.data<float>()[row * kBands + band]} * cosines.data<float>()[band * 7 + k];
      coefficients.data<float>()[row * 7 + k] = static_cast<float>(sum);
    }
  }
  std::vector<Device> devices = test::accelerators();
  devices.insert(devices.begin(), Device{});
  for (const Device device : devices) {
    SCOPED_TRACE(testing::Message() << device);
    const Tensor y = values_of(cepstrum, map, device);
    ASSERT_EQ(y.shape(), (Shape{2, kFrames, 7, 3}));
    expect_channel(y, 0, coefficients);
    expect_channel(y, 1, audio::delta(coefficients));
    expect_channel(y, 2, audio::delta(coefficients, {.order = 2}));
  }
}

TEST(Cepstrum, HasAsManyChannelsAsDerivatives) {
  const Tensor map = levels().rows(0, 1);
  Cepstrum plain(kBands, {.n_mfcc = kBands, .deltas = 0});
  const Tensor y = values_of(plain, map);
  EXPECT_EQ(y.shape(), (Shape{1, kFrames, kBands, 1}));
  // The transform is orthonormal: it keeps lengths.
  double before = 0, after = 0;
  for (const float value : map.span<float>()) before += double{value} * value;
  for (const float value : y.span<float>()) after += double{value} * value;
  EXPECT_NEAR(after / before, 1, 1e-4);
}

TEST(Cepstrum, HasTheGradientOfItsDefinition) {
  Cepstrum cepstrum(6, {.n_mfcc = 4, .deltas = 2});
  EXPECT_LT(test::layer_gradient_error(cepstrum, {3, 11, 6, 1}), 1e-6);
}

TEST(Cepstrum, RefusesSizesThatDoNotFit) {
  EXPECT_THROW(Cepstrum(5, {.n_mfcc = 6}), ConfigError);
  EXPECT_THROW(Cepstrum(5, {.n_mfcc = 5, .deltas = 3}), ConfigError);
  Cepstrum cepstrum(kBands, {});
  EXPECT_THAT(train::message_of<ShapeError>([&] {
                values_of(cepstrum, Tensor::zeros({1, 8, kBands, 1}));
              }),
              HasSubstr("at least 9 frames"));
  EXPECT_THROW(values_of(cepstrum, Tensor::zeros({1, 9, kBands + 1, 1})), ShapeError);
}

}  // namespace
}  // namespace sonograd::models
