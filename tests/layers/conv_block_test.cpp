// Folding batch norm into a convolution must not change the result of a block.
#include "layers/conv_block.h"

#include <gtest/gtest.h>

#include "layers/residual_block.h"
#include "tensor/device/arena.h"
#include "tests/layers/layer_gradients.h"

namespace sonograd {
namespace {

using test::disturb;

void expect_near(const Tensor& a, const Tensor& b, double tolerance) {
  ASSERT_EQ(a.shape(), b.shape());
  for (std::int64_t i = 0; i < a.numel(); ++i)
    ASSERT_NEAR(a.data<float>()[i], b.data<float>()[i], tolerance) << i;
}

TEST(ConvBlock, FoldedEqualsUnfolded) {
  layers::ConvBlock block(3, 8, {2, 3});
  disturb(block);
  block.train(false);
  const Variable x(random_tensor({2, 9, 10, 3}));
  Tensor folded;
  {
    const NoGrad no_grad;
    folded = block.forward(x).data();
  }
  expect_near(folded, block.forward(x).data(),
              1e-5);  // outside NoGrad convolution and norm run one after the other
}

TEST(ConvBlock, FoldedWeightsOutliveTheStepAndMapsDoNot) {
  layers::ConvBlock block(16, 32, 2);
  disturb(block);
  block.train(false);
  const NoGrad no_grad;
  const Variable x(random_tensor({1, 8, 8, 16}));
  const Tensor expected = block.forward(x).data().clone();
  block.state_changed();
  Arena arena;
  for (int step = 0; step < 2; ++step) {
    const ArenaScope memory(arena);
    const Tensor y = block.forward(x).data();
    EXPECT_EQ(arena.used(), y.bytes());
    expect_near(y, expected, 0);
  }
  EXPECT_EQ(arena.used(), 0u);
}

TEST(ConvBlock, FoldedWeightsFollowTheParameters) {
  layers::ConvBlock block(2, 4, 2);
  block.train(false);
  const NoGrad no_grad;
  const Variable x(random_tensor({1, 6, 6, 2}));
  const Tensor before = block.forward(x).data().clone();
  disturb(block);
  const Tensor after = block.forward(x).data();
  double difference = 0;
  for (std::int64_t i = 0; i < before.numel(); ++i)
    difference += std::abs(before.data<float>()[i] - after.data<float>()[i]);
  EXPECT_GT(difference, 0.1) << "the block still uses what it had folded before";
}

TEST(ConvBlock, TrainingMovesTheStatisticsAndCountsBatches) {
  layers::ConvBlock block(1, 2, 2);
  const auto state = block.state();
  const auto find = [&](const std::string& name) {
    for (const auto& entry : state) {
      if (entry.name == name) return entry.tensor;
    }
    throw Error(name);
  };
  const Tensor mean = find("bn.running_mean").clone();
  block.forward(Variable(random_tensor({4, 8, 8, 1})));
  EXPECT_EQ(find("bn.num_batches_tracked").item(), 1);
  EXPECT_NE(find("bn.running_mean").data<float>()[0], mean.data<float>()[0]);
}

TEST(ConvBlock, BiasBeforeBatchNormGetsNoGradientInTraining) {
  layers::ConvBlock block(1, 2, 1);
  backward(block.forward(Variable(random_tensor({2, 5, 5, 1}))), random_tensor({2, 5, 5, 2}));
  for (const auto& entry : block.state()) {
    if (entry.parameter == nullptr) continue;
    EXPECT_EQ(entry.parameter->gradient().defined(), entry.name != "conv.bias") << entry.name;
  }
}

TEST(ResidualBlock, FoldedEqualsUnfolded) {
  for (const auto& [in, stride] : {std::pair<int, int>{3, 2}, {6, 1}}) {
    layers::ResidualBlock block(in, 6, stride);
    disturb(block);
    block.train(false);
    const Variable x(random_tensor({2, 7, 9, in}));
    Tensor folded;
    {
      const NoGrad no_grad;
      folded = block.forward(x).data();
    }
    EXPECT_EQ(folded.shape(), (Shape{2, (7 + stride - 1) / stride, (9 + stride - 1) / stride, 6}));
    expect_near(folded, block.forward(x).data(), 1e-4);
  }
}

TEST(Module, NamesAndOrder) {
  layers::ResidualBlock block(1, 4, 2);
  std::vector<std::string> names;
  for (const auto& entry : block.state()) names.push_back(entry.name);
  ASSERT_EQ(names.size(), 21u);
  EXPECT_EQ(names[0], "conv_1.weight");
  EXPECT_EQ(names[1], "conv_1.bias");
  EXPECT_EQ(names[2], "bn_1.weight");
  EXPECT_EQ(names[6], "bn_1.num_batches_tracked");
  EXPECT_EQ(names[20], "bn_3.num_batches_tracked");
}

}  // namespace
}  // namespace sonograd
