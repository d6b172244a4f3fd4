#include "kernels/stft/stft.h"

#include <cmath>
#include <gtest/gtest.h>
#include <numbers>

#include "tensor/random.h"

namespace sonograd::kernels {
namespace {

Tensor noise(const Shape& shape, std::uint32_t example) {
  Random random({.seed = 9, .example = example});
  const Tensor x = Tensor::empty(shape);
  for (float& value : x.span<float>()) value = random.uniform(-1, 1);
  return x;
}

Tensor complex_of(const Tensor& x, const Tensor& window, const StftOptions& options) {
  const auto p = StftProblem::make(x.shape(), window.numel(), options);
  const Tensor y = Tensor::empty(p.complex_shape());
  stft(p, x, window, set(y));
  return y;
}

Tensor power_of(const Tensor& x, const Tensor& window, const StftOptions& options) {
  const auto p = StftProblem::make(x.shape(), window.numel(), options);
  const Tensor y = Tensor::empty(p.power_shape());
  power_spectrogram(p, x, window, set(y));
  return y;
}

TEST(Stft, KeepsTheEnergyOfAFrame) {
  for (const std::int64_t n : {512, 480, 225, 211}) {
    const Tensor x = noise({1, n}, static_cast<std::uint32_t>(n));
    const Tensor y = power_of(x, Tensor::full({n}, 1), {.n_fft = n, .hop_length = n, .center = false});
    double time = 0, frequency = 0;
    for (const float value : x.span<float>()) time += double(value) * double(value);
    for (std::int64_t k = 0; k < y.numel(); ++k) {
      const bool counts_once = k == 0 || 2 * k == n;
      frequency += (counts_once ? 1.0 : 2.0) * double(y.data<float>()[k]);
    }
    EXPECT_NEAR(frequency / (static_cast<double>(n) * time), 1, 1e-6) << n;
  }
}

// torch.stft(arange(1, 13), 5, 4, window=ones(5), center=True, pad_mode="reflect"), PyTorch 2.15.
TEST(Stft, OddLengthsHaveTheFramesOfPyTorch) {
  const Tensor x = Tensor::from<float>({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, {1, 12});
  const Tensor y = power_of(x, Tensor::full({5}, 1), {.n_fft = 5, .hop_length = 4});
  ASSERT_EQ(y.shape(), Shape({1, 3, 3}));
  const float expected[] = {121, 6.8541f, 0.1459f, 625, 18.0902f, 6.9098f, 2025, 18.0902f, 6.9098f};
  for (std::int64_t i = 0; i < y.numel(); ++i) EXPECT_NEAR(y.data<float>()[i], expected[i], 1e-4) << i;
  EXPECT_EQ(StftProblem::make({1, 30}, 9, {.n_fft = 9, .hop_length = 3}).frames, 10);
}

TEST(Stft, IsLinear) {
  const Tensor a = noise({1, 3000}, 1), b = noise({1, 3000}, 2), sum = a.clone(), window = hann_window(512);
  for (std::int64_t i = 0; i < sum.numel(); ++i)
    sum.data<float>()[i] = 2 * a.data<float>()[i] - b.data<float>()[i];
  const StftOptions options = {.n_fft = 512, .hop_length = 200};
  const Tensor of_a = complex_of(a, window, options), of_b = complex_of(b, window, options);
  const Tensor of_sum = complex_of(sum, window, options);
  for (std::int64_t i = 0; i < of_sum.numel(); ++i) {
    ASSERT_NEAR(of_sum.data<float>()[i], 2 * of_a.data<float>()[i] - of_b.data<float>()[i], 1e-4);
  }
}

TEST(Stft, AHopShiftsTheFrames) {
  constexpr std::int64_t kHop = 128;
  const Tensor x = noise({1, 4096}, 3),
               later = Tensor::from<float>(x.span<float>().subspan(kHop), {1, 4096 - kHop});
  const StftOptions options = {.n_fft = 512, .hop_length = kHop, .center = false};
  const Tensor y = power_of(x, hann_window(512), options),
               shifted = power_of(later, hann_window(512), options);
  const std::int64_t bins = 257;
  for (std::int64_t i = 0; i < shifted.numel(); ++i) {
    ASSERT_FLOAT_EQ(shifted.data<float>()[i], y.data<float>()[bins + i]);
  }
}

TEST(Stft, ASineIsOneBin) {
  const Tensor x = Tensor::empty({1, 1024});
  for (std::int64_t i = 0; i < 1024; ++i) {
    x.data<float>()[i] =
        static_cast<float>(std::cos(2 * std::numbers::pi * 10 * static_cast<double>(i) / 256));
  }
  const Tensor y = complex_of(x, hann_window(256), {.n_fft = 256, .hop_length = 256, .center = false});
  EXPECT_NEAR(y.data<float>()[2 * 10], 64, 1e-4);  // half of the sum of the window, which is n / 2
  EXPECT_NEAR(y.data<float>()[2 * 10 + 1], 0, 1e-4);
  EXPECT_NEAR(y.data<float>()[2 * 12], 0, 1e-4);
}

TEST(Stft, PadsByReflectionOrZeros) {
  const Tensor x = Tensor::from<float>(std::vector<float>{1, 2, 3, 4, 5}, {1, 5}),
               ones = Tensor::full({4}, 1);
  const auto sum_of_first_frame = [&](PadMode pad) {
    return complex_of(x, ones, {.n_fft = 4, .hop_length = 2, .pad_mode = pad}).data<float>()[0];
  };
  EXPECT_FLOAT_EQ(sum_of_first_frame(PadMode::reflect), 3 + 2 + 1 + 2);
  EXPECT_FLOAT_EQ(sum_of_first_frame(PadMode::zero), 1 + 2);
}

TEST(Stft, WindowIsPeriodicHann) {
  const Tensor window = hann_window(8, DType::f64);
  EXPECT_DOUBLE_EQ(window.data<double>()[0], 0);
  EXPECT_DOUBLE_EQ(window.data<double>()[4], 1);
  EXPECT_DOUBLE_EQ(window.data<double>()[1], window.data<double>()[7]);
}

TEST(Stft, RefusesWhatDoesNotFit) {
  EXPECT_THROW(StftProblem::make({1, 256}, 512, {.n_fft = 512, .hop_length = 1}),
               ShapeError);  // cannot reflect
  EXPECT_THROW(StftProblem::make({1, 900}, 513, {.n_fft = 512, .hop_length = 1}), ShapeError);
  EXPECT_THROW(StftProblem::make({1, 900}, 512, {.n_fft = 512, .hop_length = 0}), ShapeError);
  EXPECT_THROW(StftProblem::make({900}, 512, {.n_fft = 512, .hop_length = 1}), ShapeError);
}

}  // namespace
}  // namespace sonograd::kernels
