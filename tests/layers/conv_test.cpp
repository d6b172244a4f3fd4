// Convolution layers over sequences and over maps: names, sizes, initial values and work.
#include "layers/conv.h"

#include <gtest/gtest.h>

#include "autograd/ops/pointwise.h"
#include "autograd/ops/pool.h"
#include "autograd/tape.h"
#include "layers/random_scope.h"
#include "layers/trace.h"
#include "tests/support/random_tensor.h"

namespace sonograd::layers {
namespace {

TEST(Convolution, HasTheStateOfItsAxes) {
  Conv1d over_time(2, 4, 3, {});
  Conv2d over_a_map(2, 4, {3, 5}, {}, Bias::none);
  const auto sequence = over_time.state(), map = over_a_map.state();
  ASSERT_EQ(sequence.size(), 2u);
  EXPECT_EQ(sequence[0].name, "weight");
  EXPECT_EQ(sequence[0].layout, FileLayout::conv1d);
  EXPECT_EQ(sequence[0].shape, (Shape{4, 3, 2}));
  EXPECT_EQ(sequence[1].shape, Shape{4});
  ASSERT_EQ(map.size(), 1u);
  EXPECT_EQ(map[0].layout, FileLayout::conv2d);
  EXPECT_EQ(map[0].shape, (Shape{4, 3, 5, 2}));
}

// U(-b, b) with b = 1 / sqrt(inputs of an output), for weight and bias.
TEST(Convolution, StartsWithinTheBoundOfItsInputs) {
  const RandomScope scope(3, 0);
  Conv1d over_time(25, 200, 4, {});
  Conv2d over_a_map(5, 200, {4, 5}, {});
  for (Layer* const layer : std::initializer_list<Layer*>{&over_time, &over_a_map}) {
    for (const StateEntry& entry : layer->state()) {
      float largest = 0;
      for (const float value : entry.tensor.span<float>()) largest = std::max(largest, std::abs(value));
      EXPECT_LE(largest, 0.1f) << entry.name;
      EXPECT_GT(largest, 0.095f) << entry.name;
    }
  }
}

TEST(Convolution, TracesItsKernelAndItsWork) {
  const Conv1d over_time(2, 4, 3, {.pad_before = 1, .pad_after = 1});
  const Conv2d over_a_map(2, 4, {3, 5}, {.padding = {1, 1, 2, 2}});
  const Variable sequence(Tensor::zeros({1, 8, 2})), map(Tensor::zeros({1, 8, 6, 2}));
  const NoGrad no_grad;
  Trace trace;
  over_time.forward(sequence);
  over_time.relu_pool(sequence, over_time.weight(), over_time.bias(), 2);
  over_a_map.forward(map);
  over_a_map.relu_pool(map, over_a_map.weight(), over_a_map.bias(), {2, 3});
  const std::vector<TracedLayer>& layers = trace.layers();
  ASSERT_EQ(layers.size(), 4u);
  EXPECT_EQ(layers[0].op, "conv1d 3");
  EXPECT_EQ(layers[1].op, "conv1d 3 + relu + max_pool 2");
  EXPECT_EQ(layers[2].op, "conv2d 3x5");
  EXPECT_EQ(layers[3].op, "conv2d 3x5 + relu + max_pool 2x3");
  EXPECT_EQ(layers[0].macs, 8 * 4 * 3 * 2);
  EXPECT_EQ(layers[1].macs, 8 * 4 * 3 * 2) << "of the convolution, before the pooling";
  EXPECT_EQ(layers[2].macs, 8 * 6 * 4 * 3 * 5 * 2);
  EXPECT_EQ(layers[3].macs, layers[2].macs);
  EXPECT_EQ(layers[1].output, (Shape{4, 4}));
  EXPECT_EQ(layers[3].output, (Shape{4, 2, 4}));
}

TEST(Convolution, PoolsAsTheOpsOneAfterTheOther) {
  const Conv1d over_time(2, 4, 3, {});
  const Variable x(random_tensor({2, 12, 2}));
  const Tensor expected = relu(max_pool1d(over_time.forward(x), 2)).data();
  const NoGrad no_grad;
  const Tensor actual = over_time.relu_pool(x, over_time.weight(), over_time.bias(), 2).data();
  ASSERT_EQ(actual.shape(), (Shape{2, 5, 4}));
  for (std::int64_t i = 0; i < actual.numel(); ++i)
    EXPECT_NEAR(actual.data<float>()[i], expected.data<float>()[i], 1e-6) << i;
}

}  // namespace
}  // namespace sonograd::layers
