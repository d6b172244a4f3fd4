#include "kernels/dropout/dropout.h"

#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/core/launch.h"
#include "tests/support/dot.h"

namespace sonograd::kernels {
namespace {

const RandomKey kKey = {.seed = 1, .step = 2, .example = 3, .stream = RandomStream::dropout};

Tensor dropped_ones(std::int64_t n, double p, const RandomKey& key = kKey) {
  const Tensor x = Tensor::full({n}, 1), y = Tensor::empty({n});
  dropout(DropoutProblem::make(x.shape(), p, key), x, set(y));
  return y;
}

bool same(const Tensor& a, const Tensor& b) {
  return std::memcmp(a.view().pointer, b.view().pointer, a.bytes()) == 0;
}

TEST(Dropout, KeepsTheExpectation) {
  const std::int64_t n = 200000;
  for (const double p : {0.1, 0.5, 0.9}) {
    const Tensor y = dropped_ones(n, p);
    const double mean = dot(y, Tensor::full({n}, 1)) / static_cast<double>(n);
    EXPECT_NEAR(mean, 1, 5 * std::sqrt(p / (1 - p) / static_cast<double>(n)));
    for (const float value : y.span<float>())
      EXPECT_TRUE(value == 0 || value == static_cast<float>(1 / (1 - p)));
  }
}

TEST(Dropout, MaskIsAFunctionOfTheKey) {
  const Tensor y = dropped_ones(50021, 0.5);
  const int before = threads();
  set_threads(3);
  EXPECT_TRUE(same(y, dropped_ones(50021, 0.5)));
  set_threads(before);
  RandomKey other = kKey;
  other.step = 7;
  EXPECT_FALSE(same(y, dropped_ones(50021, 0.5, other)));
}

TEST(Dropout, ProbabilityOneThrows) {
  EXPECT_THAT([] { DropoutProblem::make({2}, 1, kKey); },
              testing::ThrowsMessage<ConfigError>(
                  testing::HasSubstr("[dropout] p: expected a probability in [0, 1), got 1")));
}

}  // namespace
}  // namespace sonograd::kernels
