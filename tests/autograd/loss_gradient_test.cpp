#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autograd/gradient_check.h"
#include "autograd/ops/loss.h"
#include "tests/support/random_tensor.h"

namespace sonograd {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

// Values in (0, 1).
Tensor soft_targets(const Shape& shape) {
  const Tensor target = random_tensor(shape, DType::f64, 9);
  for (double& value : target.span<double>()) value = 1 / (1 + std::exp(-value));
  return target;
}

TEST(LossGradient, EveryLoss) {
  const Tensor x = random_tensor({4, 3}, DType::f64), target = soft_targets({4, 3}),
               weight = soft_targets({3});
  const Tensor marked = Tensor::from<std::uint8_t>({0, 1, 0}, {3});
  const Tensor classes = Tensor::from<std::int32_t>({2, 0, 1, 1}, {4});
  EXPECT_LE(gradient_error([&](const auto& v) { return mse(v[0], target); }, {x}), 1e-6);
  EXPECT_LE(gradient_error([&](const auto& v) { return bce_with_logits(v[0], target); }, {x}), 1e-6);
  EXPECT_LE(gradient_error([&](const auto& v) { return bce_with_logits(v[0], target, weight); }, {x}), 1e-6);
  EXPECT_LE(gradient_error([&](const auto& v) { return bce_mse_mix(v[0], target, marked); }, {x}), 1e-6);
  EXPECT_LE(gradient_error([&](const auto& v) { return bce_mse_mix(v[0], target, marked, weight); }, {x}),
            1e-6);
  EXPECT_LE(gradient_error([&](const auto& v) { return mse_with_logits(v[0], target); }, {x}), 1e-6);
  EXPECT_LE(gradient_error([&](const auto& v) { return mse_with_logits(v[0], target, weight); }, {x}), 1e-6);
  EXPECT_LE(gradient_error([&](const auto& v) { return cross_entropy(v[0], classes); }, {x}), 1e-6);
  EXPECT_LE(gradient_error([&](const auto& v) { return cross_entropy(v[0], target); }, {x}), 1e-6);
}

TEST(Loss, KnownValues) {
  const Variable zeros(Tensor::zeros({2, 4}));
  const Tensor target = Tensor::from<float>({1, 0, 0, 0, 0, 0, 1, 0}, {2, 4});
  EXPECT_NEAR(bce_with_logits(zeros, target).data().item(), std::log(2), 1e-6);
  EXPECT_NEAR(mse(zeros, target).data().item(), 0.25, 1e-7);
  EXPECT_NEAR(cross_entropy(zeros, target).data().item(), std::log(4), 1e-6);
  EXPECT_NEAR(cross_entropy(zeros, Tensor::from<std::int32_t>({0, 2}, {2})).data().item(), std::log(4), 1e-6);
}

TEST(Loss, MixOfUnmarkedTagsIsBceAndOfMarkedOnesSquaredError) {
  const Variable x(random_tensor({5, 2}));
  const Tensor target = soft_targets({5, 2}).to(DType::f32);
  const auto mix = [&](std::uint8_t mark) {
    return bce_mse_mix(x, target, Tensor::from<std::uint8_t>({mark, mark}, {2})).data().item();
  };
  EXPECT_NEAR(mix(0), bce_with_logits(x, target).data().item(), 1e-7);
  double squares = 0;
  for (std::int64_t i = 0; i < 10; ++i) {
    const double error = 1 / (1 + std::exp(-x.data().data<float>()[i])) - target.data<float>()[i];
    squares += error * error / 10;
  }
  EXPECT_NEAR(mix(1), squares, 1e-7);
  EXPECT_NEAR(mse_with_logits(x, target).data().item(), squares, 1e-7);
}

TEST(Loss, LargeLogitsDoNotOverflow) {
  const Variable x(Tensor::from<float>({1000, -1000}, {1, 2}));
  EXPECT_NEAR(bce_with_logits(x, Tensor::from<float>({0, 1}, {1, 2})).data().item(), 1000, 1e-3);
  EXPECT_NEAR(cross_entropy(x, Tensor::from<std::int32_t>({1}, {1})).data().item(), 2000, 1e-3);
}

TEST(Loss, WrongInputsThrow) {
  const Variable x(Tensor::zeros({2, 3}));
  EXPECT_THAT(
      [&] {
        mse(x, Tensor::zeros({3, 2}));
      },
      ThrowsMessage<ShapeError>(HasSubstr("[loss] target: expected [2, 3], got [3, 2]")));
  EXPECT_THAT(
      [&] {
        bce_mse_mix(x, Tensor::zeros({2, 3}), {});
      },
      ThrowsMessage<ShapeError>(HasSubstr("[loss] marked is missing")));
  EXPECT_THAT(
      [&] {
        cross_entropy(x, Tensor::from<std::int32_t>({0, 3}, {2}));
      },
      ThrowsMessage<ShapeError>(HasSubstr("[cross_entropy] target 1: expected a class in [0, 3), got 3")));
  EXPECT_THAT([&] { cross_entropy(x, Tensor::zeros({3}, DType::i32)); },
              ThrowsMessage<ShapeError>(HasSubstr("[cross_entropy] x, target: expected [N, C]")));
}

// Before the copy to a device, whose kernels cannot throw.
TEST(Loss, WrongClassesOfTheHostNeverReachADevice) {
  const Device device{DeviceKind::emulated, 0};
  const Tensor host = Tensor::from<float>({0.5f, -1, 2, 0, 1, 0}, {2, 3});
  const Variable there(host.to(device));
  for (const std::int32_t wrong : {-1, 3}) {
    EXPECT_THAT(
        [&] {
          cross_entropy(there, Tensor::from<std::int32_t>({0, wrong}, {2}));
        },
        ThrowsMessage<ShapeError>(
            HasSubstr(concat("[cross_entropy] target 1: expected a class in [0, 3), got ", wrong))));
  }
  const Tensor classes = Tensor::from<std::int32_t>({2, 1}, {2});
  EXPECT_NEAR(cross_entropy(there, classes).data().to(Device{}).item(),
              cross_entropy(Variable(host), classes).data().item(), 1e-6);
}

}  // namespace
}  // namespace sonograd
