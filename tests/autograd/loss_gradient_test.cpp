#include <cmath>
#include <gtest/gtest.h>

#include "autograd/gradient_check.h"
#include "autograd/ops/loss.h"
#include "tests/support/random_tensor.h"

namespace sonograd {
namespace {

Tensor shares(const Shape& shape, DType dtype) {
  const Tensor result = random_tensor(shape, DType::f64, 1);
  for (double& value : result.span<double>()) value = 1 / (1 + std::exp(-value));
  return result.to(dtype);
}

TEST(LossGradient, EveryLossAndOption) {
  const Tensor x = random_tensor({5, 4}, DType::f64);
  const Tensor z = shares({5, 4}, DType::f64);
  const Tensor weight = Tensor::from<double>(std::vector<double>{0.5, 1, 2, 0}, {4});
  const Tensor mask = Tensor::from<std::uint8_t>(std::vector<std::uint8_t>{0, 1, 0, 1}, {4});
  EXPECT_LE(gradient_error([&](const auto& v) { return tag_loss(v[0], z); }, {x}), 1e-6);
  EXPECT_LE(gradient_error([&](const auto& v) { return tag_loss(v[0], z, {weight, mask}); }, {x}), 1e-6);
  EXPECT_LE(gradient_error([&](const auto& v) { return cross_entropy(v[0], z); }, {x}), 1e-6);
  EXPECT_LE(gradient_error([&](const auto& v) { return mse(v[0], z); }, {x}), 1e-6);
}

TEST(Loss, KnownValues) {
  const Tensor x = Tensor::from<float>(std::vector<float>{0, 2}, {1, 2});
  const Tensor one_hot = Tensor::from<float>(std::vector<float>{0, 1}, {1, 2});
  // -log sigmoid(0) = log 2 and -log sigmoid(2), averaged; -log softmax = log(1 + e^-2); ((0 - 0)^2 + (2 -
  // 1)^2) / 2.
  EXPECT_NEAR(tag_loss(Variable(x), one_hot).data().item(), (std::log(2.0) + std::log1p(std::exp(-2.0))) / 2,
              1e-6);
  EXPECT_NEAR(cross_entropy(Variable(x), one_hot).data().item(), std::log1p(std::exp(-2.0)), 1e-6);
  EXPECT_NEAR(mse(Variable(x), one_hot).data().item(), 0.5, 1e-6);
}

TEST(Loss, HugeLogitsStayFinite) {
  const Tensor x = Tensor::from<float>(std::vector<float>{-1e4f, 1e4f}, {1, 2});
  const Tensor z = Tensor::from<float>(std::vector<float>{1, 0}, {1, 2});
  EXPECT_NEAR(tag_loss(Variable(x), z).data().item(), 1e4, 1e-2);
  EXPECT_NEAR(cross_entropy(Variable(x), z).data().item(), 2e4, 1e-2);
}

TEST(Loss, BadShapesNameTheOp) {
  const Variable x(Tensor::zeros({2, 3}));
  try {
    tag_loss(x, Tensor::zeros({2, 4}));
    FAIL();
  } catch (const ShapeError& error) {
    EXPECT_NE(std::string(error.what()).find("[tag_loss] targets"), std::string::npos) << error.what();
  }
  EXPECT_THROW(cross_entropy(Variable(Tensor::zeros({3})), Tensor::zeros({3})), ShapeError);
}

}  // namespace
}  // namespace sonograd
