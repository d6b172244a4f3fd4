#include <gtest/gtest.h>

#include "autograd/gradient_check.h"
#include "autograd/ops/reduce.h"
#include "tests/support/random_tensor.h"

namespace sonograd {
namespace {

TEST(ReduceGradient, EverySetOfAxes) {
  const Tensor x = random_tensor({3, 4, 5}, DType::f64);
  for (const std::vector<int>& axes :
       std::vector<std::vector<int>>{{}, {0}, {1}, {-1}, {0, 1}, {1, 2}, {0, 2}}) {
    for (const bool keep_dims : {false, true}) {
      EXPECT_LE(gradient_error([&](const auto& v) { return sum(v[0], axes, keep_dims); }, {x}), 1e-6);
      EXPECT_LE(gradient_error([&](const auto& v) { return mean(v[0], axes, keep_dims); }, {x}), 1e-6);
      EXPECT_LE(gradient_error([&](const auto& v) { return max(v[0], axes, keep_dims); }, {x}), 1e-6);
    }
  }
}

}  // namespace
}  // namespace sonograd
