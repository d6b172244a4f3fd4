#include "layers/positions.h"

#include <cmath>
#include <gtest/gtest.h>

#include "layers/part.h"
#include "layers/random_scope.h"
#include "tests/layers/layer_gradients.h"
#include "tests/support/devices.h"

namespace sonograd::layers {
namespace {

TEST(LearnedPositions, AddTheFirstRowsOfTheTable) {
  for (const Device device : test::all_devices()) {
    LearnedPositions layer(5, 3);
    const Tensor table = layer.state().front().tensor.clone();
    ASSERT_EQ(table.shape(), (Shape{1, 5, 3}));
    layer.to(device);
    for (const std::int64_t length : {2, 5}) {
      const Tensor x = random_tensor({2, length, 3});
      const Tensor y = layer.forward(Variable(x.to(device))).data().to(Device{});
      for (std::int64_t i = 0; i < x.numel(); ++i)
        EXPECT_EQ(y.data<float>()[i], x.data<float>()[i] + table.data<float>()[i % (3 * length)]);
    }
  }
}

TEST(LearnedPositions, BeginNormallyDistributed) {
  const RandomScope random(7, 0);
  LearnedPositions layer(100, 100);
  double sum = 0, squares = 0;
  for (const float value : layer.state().front().tensor.span<float>()) sum += value, squares += value * value;
  EXPECT_NEAR(sum / 1e4, 0, 0.04);
  EXPECT_NEAR(squares / 1e4, 1, 0.06);
}

TEST(LearnedPositions, Gradients) {
  LearnedPositions layer(5, 3);
  EXPECT_LE(test::layer_gradient_error(layer, {2, 4, 3}), 1e-6);
  EXPECT_LE(test::layer_gradient_error(layer, {2, 5, 3}), 1e-6);
}

TEST(SinusoidalPositions, HaveTheFormulaOfThePaper) {
  for (const Device device : test::all_devices()) {
    SinusoidalPositions layer(40, 5);
    EXPECT_TRUE(layer.state().empty()) << "files do not contain the table";
    layer.to(device);
    const Tensor y =
        layer.forward(Variable(Tensor::zeros({1, 37, 5}, DType::f32, device))).data().to(Device{});
    for (std::int64_t s = 0; s < 37; ++s) {
      const auto position = static_cast<double>(s);
      const double expected[] = {
          std::sin(position), std::cos(position), std::sin(position / std::pow(10000, 0.4)),
          std::cos(position / std::pow(10000, 0.4)), std::sin(position / std::pow(10000, 0.8))};
      for (std::int64_t i = 0; i < 5; ++i) EXPECT_NEAR(y.data<float>()[5 * s + i], expected[i], 1e-6);
    }
  }
}

TEST(SinusoidalPositions, Gradients) {
  SinusoidalPositions layer(6, 4);
  EXPECT_LE(test::layer_gradient_error(layer, {2, 5, 4}), 1e-6);
}

TEST(Positions, ASequenceBeyondTheTableIsAnError) {
  EXPECT_THROW(LearnedPositions(4, 3).forward(Variable(random_tensor({1, 5, 3}))), ShapeError);
  EXPECT_THROW(SinusoidalPositions(4, 3).forward(Variable(random_tensor({1, 4, 2}))), ShapeError);
  EXPECT_THROW(LearnedPositions(4, 3).forward(Variable(random_tensor({4, 3}))), ShapeError);
}

TEST(Positions, InBf16) {
  LearnedPositions learned(5, 4);
  SinusoidalPositions fixed(5, 4);
  LearnedToken token(4);
  const Variable x(random_tensor({2, 3, 4}).to(DType::bf16));
  for (Layer* const layer :
       {static_cast<Layer*>(&learned), static_cast<Layer*>(&fixed), static_cast<Layer*>(&token)}) {
    layer->to(DType::bf16);
    EXPECT_EQ(layer->forward(x).dtype(), DType::bf16);
  }
}

TEST(Token, IsInFrontOfEverySequence) {
  const Tensor constant = Tensor::from<float>({1, 2, 3}, {3});
  for (const Device device : test::all_devices()) {
    FixedToken fixed(constant);
    LearnedToken learned(3);
    EXPECT_TRUE(fixed.state().empty());
    learned.state().front().tensor.copy_from(constant);
    const Tensor x = random_tensor({2, 4, 3});
    for (Layer* const layer : {static_cast<Layer*>(&fixed), static_cast<Layer*>(&learned)}) {
      layer->to(device);
      const Tensor y = layer->forward(Variable(x.to(device))).data().to(Device{});
      ASSERT_EQ(y.shape(), (Shape{2, 5, 3}));
      for (std::int64_t i = 0; i < y.numel(); ++i) {
        const std::int64_t example = i / 15, within = i % 15;
        EXPECT_EQ(y.data<float>()[i],
                  within < 3 ? constant.data<float>()[within] : x.data<float>()[example * 12 + within - 3]);
      }
    }
  }
  EXPECT_THROW(LearnedToken(3).forward(Variable(random_tensor({2, 4, 2}))), ShapeError);
}

TEST(Token, Gradients) {
  LearnedToken learned(3);
  EXPECT_LE(test::layer_gradient_error(learned, {3, 4, 3}), 1e-6);
  FixedToken fixed(Tensor::full({3}, 2));
  EXPECT_LE(test::layer_gradient_error(fixed, {3, 4, 3}), 1e-6);
}

}  // namespace
}  // namespace sonograd::layers
