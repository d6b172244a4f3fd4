#include "kernels/batch_norm/batch_norm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/random_tensor.h"

namespace sonograd::kernels {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(BatchNorm, RefusesWhatDoesNotFit) {
  const Tensor x = random_tensor({4, 3}), mean = Tensor::empty({3}), inv_std = Tensor::empty({3});
  const auto statistics = [&](double eps, double momentum) {
    batch_norm_statistics(BatchNormProblem::make(x.shape()), x, eps, mean, inv_std, {{}, {}, momentum});
  };
  EXPECT_THAT([&] { statistics(0, 0.1); },
              ThrowsMessage<ConfigError>(HasSubstr("[batch_norm] eps: expected a number above 0")));
  EXPECT_THAT([&] { statistics(1e-5, 1.5); },
              ThrowsMessage<ConfigError>(HasSubstr("momentum: expected a number from 0 to 1")));
  EXPECT_THAT(
      [] {
        BatchNormProblem::make({0, 3});
      },
      ThrowsMessage<ShapeError>(HasSubstr("at least one value, got [0, 3]")));
}

}  // namespace
}  // namespace sonograd::kernels
