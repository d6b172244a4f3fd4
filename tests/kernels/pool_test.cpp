#include "kernels/pool/pool.h"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

#include "kernels/core/select.h"
#include "kernels/fused/bn_relu_pool/bn_relu_pool.h"
#include "tests/support/devices.h"
#include "tests/support/random_tensor.h"

namespace sonograd::kernels {
namespace {

using test::all_devices;
using testing::ElementsAre;
using testing::ElementsAreArray;

struct Pooled {
  Tensor y, index;  // on the host
};

Pooled max_pool(const PoolProblem& p, const Tensor& x, Device device) {
  const Tensor y = Tensor::empty(p.output_shape(), DType::f32, device);
  const Tensor index = Tensor::empty(p.output_shape(), p.index_dtype(), device);
  max_pool_forward(p, x.to(device), set(y), index);
  return {y.to(Device{}), index.to(Device{})};
}

// Small integers, so that windows have several maxima.
Tensor with_ties(const Shape& shape) {
  const Tensor x = random_tensor(shape);
  for (float& value : x.span<float>()) value = std::round(value);
  return x;
}

TEST(MaxPool, TheFirstMaximumAndTheFirstNaNWin) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Tensor x = Tensor::from<float>({1, 3, 3, 2, nan, 9, -1, nan, nan, -2, -5, -2}, {1, 12, 1});
  const auto p = PoolProblem::make(x.shape(), {3, 1}, {3, 1});
  for (const Device device : all_devices()) {
    SCOPED_TRACE(device.name());
    EXPECT_THAT(max_pool(p, x, device).index.span<std::uint8_t>(), ElementsAre(1, 1, 1, 0));
  }
}

TEST(MaxPool, RectifiedWindowsWithoutAPositiveValueHaveNoIndex) {
  const Tensor x = Tensor::from<float>({-1, 2, -3, 0, -4, -5, 7, 7}, {1, 8, 1});
  auto p = PoolProblem::make(x.shape(), {2, 1}, {2, 1});
  p.rectify = true;
  for (const Device device : all_devices()) {
    SCOPED_TRACE(device.name());
    const Pooled pooled = max_pool(p, x, device);
    EXPECT_THAT(pooled.y.span<float>(), ElementsAre(2, 0, 0, 7));
    EXPECT_THAT(pooled.index.span<std::uint8_t>(),
                ElementsAre(1, kNoCell<std::uint8_t>, kNoCell<std::uint8_t>, 0));
  }
}

// Vectors and single channels, indices of one and of four bytes.
TEST(MaxPool, DevicesFindTheSameMaxima) {
  for (const auto& [shape, kernel] :
       {std::pair{Shape{2, 7, 6, 8}, Pair(3, 2)}, std::pair{Shape{2, 7, 5, 3}, Pair(2)},
        std::pair{Shape{1, 20, 17, 2}, Pair(17, 16)}}) {
    const Tensor x = with_ties(shape);
    for (const bool rectify : {false, true}) {
      auto p = PoolProblem::make(shape, kernel, kernel);
      p.rectify = rectify;
      const Tensor expected = max_pool(p, x, Device{}).index;
      for (const Device device : all_devices()) {
        SCOPED_TRACE(concat(device, ' ', p.summary()));
        const Tensor index = max_pool(p, x, device).index;
        if (p.index_dtype() == DType::u8) {
          EXPECT_THAT(index.span<std::uint8_t>(), ElementsAreArray(expected.span<std::uint8_t>()));
        } else {
          EXPECT_THAT(index.span<std::int32_t>(), ElementsAreArray(expected.span<std::int32_t>()));
        }
      }
    }
  }
}

TEST(BnReluPool, EveryRowSavesTheSameIndex) {
  for (const std::int64_t channels : {5, 8}) {
    const auto p = BnReluPoolProblem::make({2, 7, 7, channels}, {2, 3});
    const Shape c = {channels};
    const Tensor x = with_ties(p.input_shape()), mean = Tensor::full(c, 0.5), inv_std = Tensor::full(c, 2);
    const Tensor weight = random_tensor(c), bias = Tensor::full(c, -1);
    const auto index_of = [&](Device device, std::string_view variant) {
      const PinScope pin("bn_relu_pool_forward", variant);
      const Tensor y = Tensor::empty(p.output_shape(), DType::f32, device);
      const Tensor index = Tensor::empty(p.output_shape(), DType::u8, device);
      bn_relu_pool_forward(p, x.to(device), mean.to(device), inv_std.to(device), weight.to(device),
                           bias.to(device), set(y), index);
      return index.to(Device{});
    };
    const Tensor expected = index_of(Device{}, "composed");
    for (const Device device : all_devices()) {
      for (const std::string_view variant : {"composed", "one_pass"}) {
        SCOPED_TRACE(concat(device, ' ', variant));
        EXPECT_THAT(index_of(device, variant).span<std::uint8_t>(),
                    ElementsAreArray(expected.span<std::uint8_t>()));
      }
    }
  }
}

}  // namespace
}  // namespace sonograd::kernels
