#include <gtest/gtest.h>

#include "autograd/gradient_check.h"
#include "autograd/ops/attention.h"
#include "tests/support/random_tensor.h"

namespace sonograd {
namespace {

constexpr std::int64_t kExamples = 2, kQueries = 4, kKeys = 5, kHeads = 2, kHeadSize = 3;

AttentionMask every_mask() {
  const std::vector<std::uint8_t> keys = {1, 0, 1, 1, 0, 0, 1, 1, 0, 1};
  return {.keys = Tensor::from(keys, {kExamples, kKeys}),
          .bias = random_tensor({kQueries, kKeys}, DType::f64, 7)};
}

TEST(AttentionGradient, EveryInputWithMasksAndDropout) {
  const Tensor q = random_tensor({kExamples, kQueries, kHeads * kHeadSize}, DType::f64);
  const Tensor k = random_tensor({kExamples, kKeys, kHeads * kHeadSize}, DType::f64, 1);
  const Tensor v = random_tensor({kExamples, kKeys, kHeads * kHeadSize}, DType::f64, 2);
  for (const AttentionMask& mask : {AttentionMask{}, every_mask()}) {
    for (const float dropout : {0.0f, 0.4f}) {
      const AttentionOptions options = {.heads = kHeads, .scale = 0.8f, .dropout = dropout};
      const auto attend = [&](const auto& x) { return attention(x[0], x[1], x[2], mask, options); };
      EXPECT_LE(gradient_error(attend, {q, k, v}), 1e-6);
    }
  }
}

TEST(AttentionGradient, OfAJointProjection) {
  const Tensor qkv = random_tensor({kExamples, kQueries, 3 * kHeads * kHeadSize}, DType::f64);
  const AttentionOptions options = {.heads = kHeads};
  EXPECT_LE(gradient_error([&](const auto& x) { return self_attention(x[0], {}, options); }, {qkv}), 1e-6);
}

TEST(AttentionGradient, OfOneInputAlone) {
  const Tensor x = random_tensor({1, kQueries, kHeads * kHeadSize}, DType::f64);
  const Variable fixed(random_tensor({1, kQueries, kHeads * kHeadSize}, DType::f64, 1));
  const AttentionOptions options = {.heads = kHeads};
  for (int input = 0; input < 3; ++input) {
    const auto attend = [&](const auto& v) {
      return attention(input == 0 ? v[0] : fixed, input == 1 ? v[0] : fixed, input == 2 ? v[0] : fixed, {},
                       options);
    };
    EXPECT_LE(gradient_error(attend, {x}), 1e-6) << "input " << input;
  }
}

TEST(AttentionGradient, OfOneValueUsedThreeTimesAddsUp) {
  const Tensor x = random_tensor({1, kQueries, kHeads * kHeadSize}, DType::f64);
  const auto attend = [](const auto& v) { return attention(v[0], v[0], v[0], {}, {.heads = kHeads}); };
  EXPECT_LE(gradient_error(attend, {x}), 1e-6);
}

}  // namespace
}  // namespace sonograd
