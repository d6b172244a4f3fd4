// Beside the cases of tests/cases/conv2d.cpp: the error of the rows `winograd` is that of sums in float32.
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

#include "kernels/core/pins.h"
#include "tests/kernels/float64_ops.h"

namespace sonograd::kernels {
namespace {

// Root of the mean squared difference.
template <class T>
double error_of(const Tensor& result, const Tensor& exact) {
  double sum = 0;
  for (std::int64_t i = 0; i < exact.numel(); ++i) {
    const double difference = static_cast<double>(result.data<T>()[i]) - exact.data<double>()[i];
    sum += difference * difference;
  }
  return std::sqrt(sum / static_cast<double>(exact.numel()));
}

// The convolution as sums of floats, in the order of the taps and channels.
Tensor summed_in_float32(const Conv2dProblem& p, const Tensor& x, const Tensor& weight) {
  Tensor y = Tensor::empty(p.output_shape());
  for (std::int64_t t = 0; t < p.out_t; ++t) {
    for (std::int64_t f = 0; f < p.out_f; ++f) {
      for (std::int64_t o = 0; o < p.out_channels; ++o) {
        float sum = 0;
        const std::int64_t taps = p.kernel.t * p.kernel.f;
        for (std::int64_t tap = 0; tap < taps; ++tap) {
          const std::int64_t row = t * p.options.stride.t + tap / p.kernel.f,
                             column = f * p.options.stride.f + tap % p.kernel.f;
          const float* at = x.data<float>() + (row * p.f + column) * p.in_channels;
          const float* w = weight.data<float>() + (o * taps + tap) * p.in_channels;
          for (std::int64_t c = 0; c < p.in_channels; ++c) sum += at[c] * w[c];
        }
        y.data<float>()[(t * p.out_f + f) * p.out_channels + o] = sum;
      }
    }
  }
  return y;
}

// With values around 0, and with positive ones, as after a ReLU.
class WinogradError : public testing::TestWithParam<bool> {};

// Is the error of `result`, against the convolution in double, at most that of sums in float32?
void expect_error_of_float32(const Tensor& result, const Conv2dProblem& p, const Tensor& x,
                             const Tensor& weight) {
  const Conv2dProblem exact_problem = Conv2dProblem::make(x.shape(), weight.shape(), p.options, DType::f64);
  const Tensor exact = f64::conv(exact_problem, x.to(DType::f64), weight.to(DType::f64));
  EXPECT_LE(error_of<float>(result, exact), error_of<float>(summed_in_float32(p, x, weight), exact));
}

Tensor random_values(const Shape& shape, bool positive) {
  const Tensor x = random_tensor(shape);
  if (positive) {
    for (float& value : x.span<float>()) value = std::abs(value);
  }
  return x;
}

void expect_error_of_float32(const char* row, const Conv2dProblem& p, bool positive) {
  const Tensor x = random_values(p.input_shape(), positive);
  const Tensor weight = random_tensor(p.weight_shape(), DType::f32, 1);
  const Tensor y = Tensor::empty(p.output_shape());
  {
    const PinScope pin("conv2d_forward", row);
    conv2d_forward(p, x, weight, {}, set(y));
  }
  expect_error_of_float32(y, p, x, weight);
}

TEST_P(WinogradError, IsThatOfFloat32Sums) {
  for (const std::int64_t channels : {32, 128}) {
    SCOPED_TRACE(channels);
    expect_error_of_float32("winograd", Conv2dProblem::make({1, 34, 34, channels}, {32, 3, 3, channels}, {}),
                            GetParam());
  }
}

TEST_P(WinogradError, WithStridesIsThatOfFloat32Sums) {
  for (const Pair stride : {Pair(2, 2), Pair(1, 2), Pair(2, 1)}) {
    SCOPED_TRACE(concat(stride));
    expect_error_of_float32(
        "winograd", Conv2dProblem::make({1, 69, 69, 64}, {32, 3, 3, 64}, {.stride = stride}), GetParam());
  }
}

TEST_P(WinogradError, AlongLinesIsThatOfFloat32Sums) {
  // The fewest channels that the row takes, and as many as the networks have.
  for (const auto& [taps, channels] : {std::pair(5, 359), {6, 299}, {7, 256}, {8, 224}, {7, 512}, {8, 512}}) {
    SCOPED_TRACE(concat(channels, " channels, ", taps, " taps"));
    expect_error_of_float32("winograd_lines",
                            Conv2dProblem::make({1, 1, 299, channels}, {32, 1, taps, channels}, {}),
                            GetParam());
  }
}

// The gradient of the input is a convolution of dy, with zeros around it, by the rotated filters.
TEST_P(WinogradError, OfTheGradientAlongLinesIsThatOfFloat32Sums) {
  constexpr std::int64_t kTaps = 7, kIn = 32, kOut = 256, kLength = 299;
  const Conv2dProblem p = Conv2dProblem::make({1, 1, kLength + kTaps - 1, kIn}, {kOut, 1, kTaps, kIn}, {});
  const Tensor dy = random_values(p.output_shape(), GetParam());
  const Tensor weight = random_tensor(p.weight_shape(), DType::f32, 1);
  const Tensor dx = Tensor::empty(p.input_shape());
  {
    const PinScope pin("conv2d_backward_data", "winograd_lines");
    conv2d_backward_data(p, dy, weight, set(dx));
  }

  const Tensor padded = Tensor::zeros({1, 1, kLength + 2 * (kTaps - 1), kOut});
  std::ranges::copy(dy.span<float>(), padded.data<float>() + (kTaps - 1) * kOut);
  const Tensor rotated = Tensor::empty({kIn, 1, kTaps, kOut});
  for (std::int64_t o = 0; o < kOut; ++o) {
    for (std::int64_t tap = 0; tap < kTaps; ++tap) {
      for (std::int64_t c = 0; c < kIn; ++c)
        rotated.data<float>()[(c * kTaps + kTaps - 1 - tap) * kOut + o] =
            weight.data<float>()[(o * kTaps + tap) * kIn + c];
    }
  }
  expect_error_of_float32(dx, Conv2dProblem::make(padded.shape(), rotated.shape(), {}), padded, rotated);
}

INSTANTIATE_TEST_SUITE_P(Positive, WinogradError, testing::Bool());

}  // namespace
}  // namespace sonograd::kernels
