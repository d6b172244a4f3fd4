#include "layers/keras_lstm.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <vector>

#include "autograd/tape.h"
#include "tests/layers/layer_gradients.h"
#include "tests/support/devices.h"
#include "tests/support/random_tensor.h"

namespace sonograd::layers {
namespace {

constexpr std::int64_t kSequences = 3, kLength = 6, kWidth = 5, kCells = 4;

double number(const Tensor& tensor, std::int64_t i) {
  return tensor.data<float>()[i];
}

double line_gate(double a) {
  return std::clamp(0.2 * a + 0.5, 0.0, 1.0);
}

// The formulas of the header in double precision, a number after the other, for the parameters from `first` on; [N, T, units].
std::vector<double> states_from(KerasLstm& lstm, std::size_t first, bool reverse, const Tensor& x) {
  const auto state = lstm.state();
  const Tensor w = state.at(first).tensor, u = state.at(first + 1).tensor, b = state.at(first + 2).tensor;
  std::vector<double> all(static_cast<std::size_t>(kSequences * kLength * kCells));
  for (std::int64_t n = 0; n < kSequences; ++n) {
    std::vector<double> h(kCells, 0.0), c(kCells, 0.0);
    for (std::int64_t k = 0; k < kLength; ++k) {
      const std::int64_t row_of_x = n * kLength + (reverse ? kLength - 1 - k : k);
      const auto sum = [&](std::int64_t row) {
        double total = number(b, row);
        for (std::int64_t i = 0; i < kWidth; ++i)
          total += number(w, row * kWidth + i) * number(x, row_of_x * kWidth + i);
        for (std::int64_t i = 0; i < kCells; ++i)
          total += number(u, row * kCells + i) * h[static_cast<std::size_t>(i)];
        return total;
      };
      std::vector<double> next = h;
      for (std::int64_t i = 0; i < kCells; ++i) {
        double& cell = c[static_cast<std::size_t>(i)];
        cell = line_gate(sum(kCells + i)) * cell + line_gate(sum(i)) * std::tanh(sum(2 * kCells + i));
        next[static_cast<std::size_t>(i)] = line_gate(sum(3 * kCells + i)) * std::tanh(cell);
      }
      h = next;
      std::ranges::copy(h, all.begin() + row_of_x * kCells);
    }
  }
  return all;
}

// Parameters of some size, so that gates reach their corners.
void widen_parameters(KerasLstm& lstm) {
  test::disturb(lstm);
  for (const StateEntry& entry : lstm.state()) {
    for (float& value : entry.tensor.span<float>()) value *= 3;
  }
}

TEST(KerasLstm, FollowsItsFormulasOnEveryDeviceInBothDirections) {
  KerasLstm lstm(kWidth, kCells, Directions::both);
  widen_parameters(lstm);
  const Tensor x = random_tensor({kSequences, kLength, kWidth});
  const std::vector<double> ahead = states_from(lstm, 0, false, x), back = states_from(lstm, 3, true, x);
  std::vector<Device> devices = test::accelerators();
  devices.insert(devices.begin(), Device{});
  const NoGrad no_grad;
  for (const Device device : devices) {
    lstm.to(device);
    const Tensor y = lstm.forward(Variable(x.to(device))).data().to(Device{});
    ASSERT_EQ(y.shape(), (Shape{kSequences, kLength, 2 * kCells}));
    for (std::int64_t i = 0; i < y.numel(); ++i) {
      const std::int64_t step = i / (2 * kCells), column = i % (2 * kCells);
      const std::vector<double>& expected = column < kCells ? ahead : back;
      ASSERT_NEAR(number(y, i), expected[static_cast<std::size_t>(step * kCells + column % kCells)], 1e-5)
          << device << ' ' << i;
    }
  }
}

TEST(KerasLstm, HasOneDirectionUnlessBothAreGiven) {
  KerasLstm lstm(kWidth, kCells);
  widen_parameters(lstm);
  EXPECT_EQ(lstm.parameter_count(), 4 * (kWidth * kCells + kCells * kCells + kCells));
  EXPECT_EQ(KerasLstm(kWidth, kCells, Directions::both).parameter_count(), 2 * lstm.parameter_count());
  const Tensor x = random_tensor({kSequences, kLength, kWidth});
  const std::vector<double> expected = states_from(lstm, 0, false, x);
  const Tensor y = lstm.forward(Variable(x)).data();
  ASSERT_EQ(y.shape(), (Shape{kSequences, kLength, kCells}));
  for (std::int64_t i = 0; i < y.numel(); ++i)
    ASSERT_NEAR(number(y, i), expected[static_cast<std::size_t>(i)], 1e-5) << i;
}

TEST(KerasLstm, HasTheGradientOfItsFormulas) {
  for (const Directions directions : {Directions::forward, Directions::both}) {
    KerasLstm lstm(kWidth, kCells, directions);
    widen_parameters(lstm);
    EXPECT_LT(test::layer_gradient_error(lstm, {kSequences, kLength, kWidth}), 1e-6);
  }
}

TEST(KerasLstm, BeginsWithOpenForgetGates) {
  KerasLstm lstm(kWidth, kCells);
  const Tensor bias = lstm.state().at(2).tensor;
  for (std::int64_t i = 0; i < 4 * kCells; ++i)
    EXPECT_EQ(number(bias, i), i >= kCells && i < 2 * kCells ? 1 : 0) << i;
}

TEST(KerasLstm, RefusesSizesThatDoNotFit) {
  EXPECT_THROW(KerasLstm(3, 0), ConfigError);
  const KerasLstm lstm(kWidth, kCells);
  EXPECT_THROW(lstm.forward(Variable(Tensor::zeros({2, 3, kWidth + 1}))), ShapeError);
  EXPECT_THROW(lstm.forward(Variable(Tensor::zeros({2, kWidth}))), ShapeError);
  EXPECT_THROW(lstm.forward(Variable(Tensor::zeros({2, 0, kWidth}))), ShapeError);
}

}  // namespace
}  // namespace sonograd::layers
