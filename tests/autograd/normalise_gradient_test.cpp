#include <gtest/gtest.h>

#include "autograd/gradient_check.h"
#include "autograd/ops/layer_norm.h"
#include "autograd/ops/softmax.h"
#include "tests/support/random_tensor.h"

namespace sonograd {
namespace {

TEST(SoftmaxGradient, PlainAndLog) {
  const Tensor x = random_tensor({2, 3, 5}, DType::f64);
  EXPECT_LE(gradient_error([](const auto& v) { return softmax(v[0]); }, {x}), 1e-6);
  EXPECT_LE(gradient_error([](const auto& v) { return log_softmax(v[0]); }, {x}), 1e-6);
}

TEST(LayerNormGradient, EveryInput) {
  const Tensor x = random_tensor({2, 3, 5}, DType::f64), weight = random_tensor({5}, DType::f64, 1);
  const Tensor bias = random_tensor({5}, DType::f64, 2);
  for (const double eps : {1e-5, 0.5}) {
    const auto normalise = [eps](const auto& v) { return layer_norm(v[0], v[1], v[2], eps); };
    EXPECT_LE(gradient_error(normalise, {x, weight, bias}), 1e-6);
  }
}

}  // namespace
}  // namespace sonograd
