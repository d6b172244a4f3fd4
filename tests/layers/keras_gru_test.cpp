#include "layers/keras_gru.h"

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

constexpr std::int64_t kExamples = 3, kSteps = 6, kIn = 5, kUnits = 4;

double at(const Tensor& tensor, std::int64_t i) {
  return tensor.data<float>()[i];
}

double straight_gate(double a) {
  return std::clamp(0.2 * a + 0.5, 0.0, 1.0);
}

double logistic_gate(double a) {
  return 1 / (1 + std::exp(-a));
}

// The formulas of the header in double precision, a number after the other.
std::vector<double> states_of(KerasGru& gru, const Tensor& x, double (*gate)(double)) {
  const auto state = gru.state();
  const Tensor w = state.at(0).tensor, u = state.at(1).tensor, b = state.at(2).tensor;
  std::vector<double> all;
  for (std::int64_t n = 0; n < kExamples; ++n) {
    std::vector<double> h(kUnits, 0.0);
    for (std::int64_t t = 0; t < kSteps; ++t) {
      const auto sum = [&](std::int64_t row, const std::vector<double>& states) {
        double total = at(b, row);
        for (std::int64_t i = 0; i < kIn; ++i)
          total += at(w, row * kIn + i) * at(x, (n * kSteps + t) * kIn + i);
        for (std::int64_t i = 0; i < kUnits; ++i)
          total += at(u, row * kUnits + i) * states[static_cast<std::size_t>(i)];
        return total;
      };
      std::vector<double> kept = h, next = h;
      for (std::int64_t i = 0; i < kUnits; ++i) kept[static_cast<std::size_t>(i)] *= gate(sum(i, h));
      for (std::int64_t i = 0; i < kUnits; ++i) {
        const double z = gate(sum(kUnits + i, h)), value = std::tanh(sum(2 * kUnits + i, kept));
        double& result = next[static_cast<std::size_t>(i)];
        result = z * result + (1 - z) * value;
      }
      h = next;
      all.insert(all.end(), h.begin(), h.end());
    }
  }
  return all;
}

void expect_formulas(KerasGru& gru, double (*gate)(double)) {
  test::disturb(gru);
  const Tensor x = random_tensor({kExamples, kSteps, kIn});
  const std::vector<double> expected = states_of(gru, x, gate);
  std::vector<Device> devices = test::accelerators();
  devices.insert(devices.begin(), Device{});
  const NoGrad no_grad;
  for (const Device device : devices) {
    gru.to(device);
    const Tensor y = gru.forward(Variable(x.to(device))).data().to(Device{});
    ASSERT_EQ(y.shape(), (Shape{kExamples, kSteps, kUnits}));
    for (std::int64_t i = 0; i < y.numel(); ++i)
      ASSERT_NEAR(at(y, i), expected[static_cast<std::size_t>(i)], 1e-5) << device << ' ' << i;
  }
}

TEST(KerasGru, FollowsItsFormulasOnEveryDevice) {
  KerasGru gru(kIn, kUnits);
  expect_formulas(gru, straight_gate);
}

// TensorFlow's GRUCell.
constexpr KerasGruOptions kLogistic = {.gates = Activation::sigmoid, .gate_bias = 1};

TEST(KerasGru, FollowsItsFormulasWithLogisticGates) {
  KerasGru gru(kIn, kUnits, kLogistic);
  expect_formulas(gru, logistic_gate);
}

TEST(KerasGru, BeginsWithTheBiasOfItsGates) {
  KerasGru gru(kIn, kUnits, kLogistic);
  const Tensor bias = gru.state().at(2).tensor;
  for (std::int64_t i = 0; i < 2 * kUnits; ++i) EXPECT_EQ(at(bias, i), 1) << i;
  for (std::int64_t i = 2 * kUnits; i < 3 * kUnits; ++i) EXPECT_LE(std::abs(at(bias, i)), 0.5) << i;
}

TEST(KerasGru, HasTheGradientOfItsFormulas) {
  KerasGru gru(kIn, kUnits);
  EXPECT_LT(test::layer_gradient_error(gru, {kExamples, kSteps, kIn}), 1e-6);
}

TEST(KerasGru, RefusesSizesThatDoNotFit) {
  EXPECT_THROW(KerasGru(3, 0), ConfigError);
  const KerasGru gru(kIn, kUnits);
  EXPECT_THROW(gru.forward(Variable(Tensor::zeros({2, 3, kIn + 1}))), ShapeError);
  EXPECT_THROW(gru.forward(Variable(Tensor::zeros({2, kIn}))), ShapeError);
  EXPECT_THROW(gru.forward(Variable(Tensor::zeros({2, 0, kIn}))), ShapeError);
}

}  // namespace
}  // namespace sonograd::layers
