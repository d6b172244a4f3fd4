#include "layers/max_and_mean.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/layers/layer_gradients.h"
#include "tests/support/devices.h"

namespace sonograd::layers {
namespace {

using testing::ElementsAre;

TEST(MaxAndMean, BothFlattenOrders) {
  for (const Device device : test::all_devices()) {
    const auto pooled = [&](FlattenOrder order, const Shape& shape) {
      const Tensor x = Tensor::from<float>({1, -2, 3, -4, 8, -6, 0, 8}, shape);
      const Tensor y = MaxAndMean(order).forward(Variable(x.to(device))).data().to(Device{});
      return std::vector<float>(y.span<float>().begin(), y.span<float>().end());
    };
    EXPECT_THAT(pooled(FlattenOrder::stacked, {1, 4, 2}), ElementsAre(8, 8, 3, -1));
    EXPECT_THAT(pooled(FlattenOrder::interleaved, {1, 4, 2}), ElementsAre(8, 3, 8, -1));
    EXPECT_THAT(pooled(FlattenOrder::stacked, {1, 2, 2, 2}), ElementsAre(8, 8, 3, -1));
    EXPECT_THAT(pooled(FlattenOrder::interleaved, {2, 2, 2}), ElementsAre(3, 2, -2, -3, 8, 4, 8, 1));
  }
}

TEST(MaxAndMean, Gradients) {
  for (const FlattenOrder order : {FlattenOrder::stacked, FlattenOrder::interleaved}) {
    MaxAndMean layer(order);
    EXPECT_LE(test::layer_gradient_error(layer, {2, 5, 3}), 1e-6);
    EXPECT_LE(test::layer_gradient_error(layer, {2, 3, 4, 3}), 1e-6);
  }
}

TEST(MaxAndMean, ExpectsPositions) {
  EXPECT_THROW(MaxAndMean().forward(Variable(random_tensor({3, 4}))), ShapeError);
}

}  // namespace
}  // namespace sonograd::layers
