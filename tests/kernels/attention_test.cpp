// Rules of attention beside its formula, for every row of every device: queries that see nothing, hidden keys, values that are
// not numbers, dropout, strides, batches.
#include "kernels/attention/attention.h"

#include <cmath>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autograd/ops/attention.h"
#include "kernels/core/pins.h"
#include "tests/support/random_tensor.h"
#include "tests/support/variants.h"

namespace sonograd::kernels {
namespace {

constexpr std::int64_t kExamples = 3, kQueries = 5, kKeys = 9, kHeads = 2, kHeadSize = 8,
                       kWidth = kHeads * kHeadSize;

struct AttentionCase {
  Tensor q = random_tensor({kExamples, kQueries, kWidth}),
         k = random_tensor({kExamples, kKeys, kWidth}, DType::f32, 1),
         v = random_tensor({kExamples, kKeys, kWidth}, DType::f32, 2),
         dy = random_tensor({kExamples, kQueries, kWidth}, DType::f32, 3);
  Tensor key_mask = Tensor::full({kExamples, kKeys}, 1, DType::u8);
  AttentionOptions options = {.heads = kHeads};
};

struct AttentionResult {
  Tensor y, logsumexp, dq, dk, dv;
};

// All results on the host, by the row under test. tf32 permits the rows on tensor cores.
AttentionResult attend(const AttentionCase& c, const test::VariantOn& row, Precision precision) {
  const PinScope forward("attention_forward", row.name), backward("attention_backward", row.name);
  const PrecisionScope allowed(precision);
  const auto there = [&](const Tensor& x) { return x.to(row.device); };
  const auto like = [&](const Tensor& x) { return Tensor::empty(x.shape(), x.dtype(), row.device); };
  const auto p = AttentionProblem::make(c.q.shape(), c.k.shape(), c.options, true, false);
  const Tensor q = there(c.q), k = there(c.k), v = there(c.v), mask = there(c.key_mask);
  const Tensor y = like(c.q), logsumexp = Tensor::empty(p.sums_shape(), DType::f32, row.device);
  const Tensor dq = like(c.q), dk = like(c.k), dv = like(c.v);
  attention_forward(p, q, k, v, mask, {}, set(y), logsumexp);
  attention_backward(p, {q, k, v, mask, {}, y, logsumexp, there(c.dy), set(dq), set(dk), set(dv)});
  const Device host;
  return {y.to(host), logsumexp.to(host), dq.to(host), dk.to(host), dv.to(host)};
}

// Calls `check(row, precision)` for every row of the table that hides keys, on every device.
template <class Check>
void for_each_row(const Check& check) {
  for (const test::VariantOn& row : test::variants_of("attention_forward")) {
    if (row.name == "cublas") continue;
    SCOPED_TRACE(concat(row));
    const bool rounds = row.name.find("mma") != std::string_view::npos;
    check(row, rounds ? Precision::tf32 : Precision::strict);
  }
}

std::span<const float> row_of(const Tensor& x, std::int64_t n, std::int64_t t) {
  return x.span<float>().subspan(static_cast<std::size_t>((n * x.shape()[1] + t) * kWidth), kWidth);
}

bool all_zero(std::span<const float> values) {
  return std::ranges::all_of(values, [](float value) { return value == 0; });
}
bool all_finite(std::span<const float> values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}
bool same_bits(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

TEST(Attention, QueriesThatSeeNothingAreZero) {
  AttentionCase c;
  std::ranges::fill(c.key_mask.span<std::uint8_t>().subspan(kKeys, kKeys), std::uint8_t{0});
  for_each_row([&](const auto& row, Precision precision) {
    const AttentionResult result = attend(c, row, precision);
    for (std::int64_t t = 0; t < kQueries; ++t) {
      EXPECT_TRUE(all_zero(row_of(result.y, 1, t)));
      EXPECT_TRUE(all_zero(row_of(result.dq, 1, t)));
      EXPECT_FALSE(all_zero(row_of(result.y, 0, t)));
    }
    for (std::int64_t s = 0; s < kKeys; ++s) {
      EXPECT_TRUE(all_zero(row_of(result.dk, 1, s)));
      EXPECT_TRUE(all_zero(row_of(result.dv, 1, s)));
    }
    EXPECT_EQ(result.logsumexp.data<float>()[kHeads * kQueries], 0);
  });
}

TEST(Attention, HiddenKeysHaveNoEffectWhateverTheyAre) {
  AttentionCase plain;
  plain.key_mask.data<std::uint8_t>()[3] = 0;
  AttentionCase strange;
  strange.key_mask.data<std::uint8_t>()[3] = 0;
  for (const Tensor& x : {strange.k, strange.v}) {
    std::ranges::fill(x.span<float>().subspan(3 * kWidth, kWidth), NAN);
  }
  for_each_row([&](const auto& row, Precision precision) {
    const AttentionResult a = attend(plain, row, precision), b = attend(strange, row, precision);
    EXPECT_TRUE(same_bits(a.y.span<float>(), b.y.span<float>()));
    EXPECT_TRUE(same_bits(a.dq.span<float>(), b.dq.span<float>()));
    EXPECT_TRUE(same_bits(a.dv.span<float>(), b.dv.span<float>()));
    EXPECT_TRUE(same_bits(a.dk.span<float>(), b.dk.span<float>()));
    EXPECT_TRUE(all_zero(row_of(b.dk, 0, 3)));
  });
  strange.q.data<float>()[0] = NAN;
  for_each_row([&](const auto& row, Precision precision) {
    const AttentionResult result = attend(strange, row, precision);
    EXPECT_TRUE(all_zero(row_of(result.dk, 0, 3)));
    EXPECT_TRUE(all_zero(row_of(result.dv, 0, 3)));
  });
}

TEST(Attention, NotANumberStaysInItsRow) {
  AttentionCase c;
  c.q.data<float>()[2 * kWidth] = NAN;  // example 0, query 2, head 0
  for_each_row([&](const auto& row, Precision precision) {
    const Tensor y = attend(c, row, precision).y;
    for (std::int64_t t = 0; t < kQueries; ++t) {
      const auto first_head = row_of(y, 0, t).first(kHeadSize);
      EXPECT_EQ(std::ranges::all_of(first_head, [](float value) { return std::isnan(value); }), t == 2) << t;
      EXPECT_TRUE(all_finite(row_of(y, 0, t).subspan(kHeadSize)));
      EXPECT_TRUE(all_finite(row_of(y, 1, t)));
    }
  });
}

TEST(Attention, ScoresFarApartAndLargeAreExact) {
  AttentionCase c;
  c.options.scale = 300;
  for_each_row([&](const auto& row, Precision precision) {
    const AttentionResult result = attend(c, row, precision);
    EXPECT_TRUE(all_finite(result.y.template span<float>()));
    EXPECT_TRUE(all_finite(result.dk.template span<float>()));
  });
}

// v picks the weights of four keys, of which a dropped one is exactly 0.
TEST(Attention, DropsTheSameWeightsOnEveryDevice) {
  AttentionCase c;
  c.options.dropout = 0.5f;
  c.options.key = {.seed = 3, .step = 1, .example = 4, .stream = RandomStream::dropout};
  for (const std::int64_t first : {0, 4, 5}) {
    c.v.fill_zero();
    for (std::int64_t n = 0; n < kExamples; ++n) {
      for (std::int64_t s = first; s < first + 4; ++s) {
        for (std::int64_t h = 0; h < kHeads; ++h)
          c.v.data<float>()[(n * kKeys + s) * kWidth + h * kHeadSize + s - first] = 1;
      }
    }
    const Tensor expected = attend(c, {kReference, Device{}}, Precision::strict).y;
    std::int64_t dropped = 0;
    for (const float value : expected.span<float>()) dropped += value == 0;
    const std::int64_t weights = expected.numel() / 2;  // the other half of the features picks nothing
    EXPECT_NEAR(static_cast<double>(dropped - weights), 0.5 * static_cast<double>(weights),
                3 * std::sqrt(static_cast<double>(weights)));
    for_each_row([&](const auto& row, Precision precision) {
      const Tensor y = attend(c, row, precision).y;
      for (std::int64_t i = 0; i < y.numel(); ++i) {
        ASSERT_EQ(y.data<float>()[i] == 0, expected.data<float>()[i] == 0) << i;
        ASSERT_NEAR(y.data<float>()[i], expected.data<float>()[i], 1e-3) << i;
      }
    });
  }
}

TEST(Attention, AnExampleHasTheBitsThatItHasAlone) {
  const AttentionCase c;
  for_each_row([&](const auto& row, Precision precision) {
    const AttentionResult together = attend(c, row, precision);
    for (std::int64_t n = 0; n < kExamples; ++n) {
      AttentionCase alone;
      alone.q = c.q.rows(n, 1), alone.k = c.k.rows(n, 1), alone.v = c.v.rows(n, 1),
      alone.dy = c.dy.rows(n, 1);
      alone.key_mask = c.key_mask.rows(n, 1);
      const AttentionResult apart = attend(alone, row, precision);
      for (const auto& [a, b] : {std::pair{apart.y, together.y},
                                 {apart.dq, together.dq},
                                 {apart.dk, together.dk},
                                 {apart.dv, together.dv}}) {
        EXPECT_TRUE(same_bits(a.template span<float>(), b.rows(n, 1).template span<float>())) << n;
      }
    }
  });
}

TEST(Attention, PartsOfAJointProductAreTheSame) {
  const Tensor qkv = random_tensor({2, 6, 3 * kWidth});
  const auto part = [&](std::int64_t i) {
    const Tensor dense = Tensor::empty({2, 6, kWidth});
    for (std::int64_t r = 0; r < 12; ++r) {
      std::memcpy(dense.data<float>() + r * kWidth, qkv.data<float>() + (r * 3 + i) * kWidth,
                  kWidth * sizeof(float));
    }
    return Variable(dense);
  };
  for_each_row([&](const test::VariantOn& row, Precision precision) {
    const PinScope pin("attention_forward", row.name);
    const PrecisionScope allowed(precision);
    const AttentionOptions options = {.heads = kHeads};
    const auto there = [&](const Tensor& x) { return Variable(x.to(row.device)); };
    const Tensor joint = self_attention(there(qkv), {}, options).data().to(Device{});
    const Tensor apart =
        attention(there(part(0).data()), there(part(1).data()), there(part(2).data()), {}, options)
            .data()
            .to(Device{});
    EXPECT_TRUE(same_bits(joint.span<float>(), apart.span<float>()));
  });
}

TEST(Attention, WeightsAddUpToOne) {
  const AttentionCase c;
  for (const test::VariantOn& row : test::variants_of("attention_weights")) {
    SCOPED_TRACE(concat(row));
    const PinScope pin("attention_weights", row.name);
    const Tensor q = c.q.to(row.device), k = c.k.to(row.device);
    const Tensor weights = sonograd::attention_weights(q, k, {}, {.heads = kHeads}).to(Device{});
    EXPECT_EQ(weights.shape(), (Shape{kExamples, kHeads, kQueries, kKeys}));
    for (std::int64_t r = 0; r < weights.numel() / kKeys; ++r) {
      double sum = 0;
      for (std::int64_t s = 0; s < kKeys; ++s) sum += weights.data<float>()[r * kKeys + s];
      EXPECT_NEAR(sum, 1, 1e-6);
    }
  }
}

TEST(Attention, WithoutKeysOrQueries) {
  const AttentionOptions options = {.heads = 2};
  const Variable q(random_tensor({2, 3, 8})), none(Tensor::empty({2, 0, 8}));
  const Tensor y = attention(q, none, none, {}, options).data();
  EXPECT_TRUE(all_zero(y.span<float>()));
  EXPECT_EQ(attention(none, q, q, {}, options).shape(), (Shape{2, 0, 8}));
}

TEST(Attention, RefusesWhatDoesNotFit) {
  const Shape q = {2, 3, 8};
  EXPECT_THAT(
      [&] {
        AttentionProblem::make(q, {2, 3, 4}, {.heads = 2}, false, false);
      },
      testing::ThrowsMessage<ShapeError>(testing::HasSubstr("[attention] q, k: expected [N, T, heads * d]")));
  EXPECT_THAT(
      [&] { AttentionProblem::make(q, q, {.heads = 3}, false, false); },
      testing::ThrowsMessage<ConfigError>(testing::HasSubstr("expected a divisor of the 8 features")));
  EXPECT_THAT([&] { AttentionProblem::make(q, q, {.heads = 2, .dropout = 1}, false, false); },
              testing::ThrowsMessage<ConfigError>(testing::HasSubstr("expected a probability in [0, 1)")));
  const Variable x(random_tensor(q));
  EXPECT_THROW(attention(x, x, x, {.keys = Tensor::full({2, 4}, 1, DType::u8)}, {.heads = 2}), ShapeError);
  EXPECT_THROW(attention(x, x, x, {.bias = Tensor::full({3, 3}, 1, DType::f64)}, {.heads = 2}), DTypeError);
}

}  // namespace
}  // namespace sonograd::kernels
