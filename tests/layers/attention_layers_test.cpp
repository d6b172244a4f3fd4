// Attention, multi-head attention and transformer blocks against PyTorch: the values of golden/attention.json (made by
// golden/make_attention.py), and properties.
#include <cmath>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <nlohmann/json.hpp>

#include "autograd/tape.h"
#include "layers/random_scope.h"
#include "layers/transformer_block.h"
#include "tests/layers/layer_gradients.h"
#include "tests/support/files.h"

namespace sonograd::layers {
namespace {

constexpr std::int64_t kN = 2, kT = 5, kS = 7, kHeads = 2, kWidth = 8, kFeedForward = 12;

// Numbers in [-1, 1), as in make_attention.py.
class Numbers {
 public:
  explicit Numbers(std::uint32_t state) : state_(state) {}
  Tensor operator()(const Shape& shape) {
    const Tensor result = Tensor::empty(shape, DType::f64);
    for (double& value : result.span<double>()) {
      state_ = 1664525u * state_ + 1013904223u;
      value = state_ * 0x1p-31 - 1;
    }
    return result;
  }

 private:
  std::uint32_t state_;
};

void expect_attention_golden(const std::string& name, const std::string& value, const Tensor& actual) {
  SCOPED_TRACE(concat(name, ", ", value));
  static const auto golden = nlohmann::json::parse(std::ifstream(test::golden_path("attention.json")));
  const std::vector<double> expected = golden.at(name).at(value);
  ASSERT_EQ(static_cast<std::size_t>(actual.numel()), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(actual.span<double>()[i], expected[i], 1e-10) << i;
}

void expect_golden_attention(const std::string& name, bool key_mask, bool random_bias, bool causal,
                             float scale = 0) {
  Numbers numbers(1);
  const Variable q(numbers({kN, kT, kWidth}), true), k(numbers({kN, kS, kWidth}), true),
      v(numbers({kN, kS, kWidth}), true);
  const Tensor dy = numbers({kN, kT, kWidth});
  AttentionMask mask;
  if (key_mask) {
    const std::vector<std::uint8_t> keys = {1, 0, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1};
    mask.keys = Tensor::from(keys, {kN, kS});
  }
  if (random_bias) mask.bias = numbers({kT, kS});
  if (causal) {
    mask.bias = Tensor::zeros({kT, kS}, DType::f64);
    for (std::int64_t t = 0; t < kT; ++t) {
      for (std::int64_t s = t + 1; s < kS; ++s)
        mask.bias.data<double>()[t * kS + s] = -std::numeric_limits<double>::infinity();
    }
  }
  const Variable y = attention(q, k, v, mask, {.heads = kHeads, .scale = scale});
  backward(y, dy);
  expect_attention_golden(name, "y", y.data());
  expect_attention_golden(name, "dq", q.gradient());
  expect_attention_golden(name, "dk", k.gradient());
  expect_attention_golden(name, "dv", v.gradient());
}

TEST(AttentionGolden, MatchesPyTorch) {
  expect_golden_attention("plain", false, false, false);
  expect_golden_attention("scale", false, false, false, 0.125f);
  expect_golden_attention("key mask", true, false, false);
  expect_golden_attention("bias", false, true, false);
  expect_golden_attention("causal bias", false, false, true);
}

// Writes 0.5 times the next numbers, plus 1 for weights of norms.
void fill(const Tensor& to, Numbers& numbers, double offset = 0) {
  const Tensor values = numbers(to.shape());
  for (std::int64_t i = 0; i < to.numel(); ++i)
    to.data<double>()[i] = 0.5 * values.data<double>()[i] + offset;
}

Tensor state_tensor(Module& module, const std::string& name) {
  for (const StateEntry& entry : module.state()) {
    if (entry.name == name) return entry.tensor;
  }
  throw Error(name);
}

// The projections of PyTorch's module, which are joint, for both forms of ours.
void fill_attention(Module& module, const std::string& prefix, Projection projection, Numbers& numbers) {
  const auto part = [&](const std::string& name) { return state_tensor(module, prefix + name); };
  for (const std::string kind : {"weight", "bias"}) {
    if (projection == Projection::joint) {
      fill(part("qkv." + kind), numbers);
    } else {
      for (const std::string name : {"query.", "key.", "value."}) fill(part(name + kind), numbers);
    }
  }
  for (const std::string kind : {"weight", "bias"}) fill(part("out." + kind), numbers);
}

TEST(MultiHeadAttention, MatchesPyTorch) {
  for (const Projection projection : {Projection::joint, Projection::separate}) {
    Numbers numbers(2);
    MultiHeadAttention layer(kWidth, {.heads = kHeads, .projection = projection});
    layer.to(DType::f64);
    fill_attention(layer, "", projection, numbers);
    const Variable x(numbers({kN, kT, kWidth}));
    expect_attention_golden("multi-head", "y", layer.forward(x).data());
    expect_attention_golden("multi-head", "weights", layer.weights(x));
  }
}

void expect_golden_block(const std::string& name, NormPlace place, Activation activation) {
  Numbers numbers(3);
  TransformerBlock block(kWidth, {.attention = {.heads = kHeads, .projection = Projection::joint},
                                  .feed_forward = kFeedForward,
                                  .activation = activation,
                                  .norm_place = place,
                                  .norm_eps = 1e-3});
  block.to(DType::f64);
  fill_attention(block, "attention.", Projection::joint, numbers);
  for (const std::string part : {"linear_1.", "linear_2.", "norm_1.", "norm_2."}) {
    fill(state_tensor(block, part + "weight"), numbers, part.starts_with("norm") ? 1 : 0);
    fill(state_tensor(block, part + "bias"), numbers);
  }
  const Variable x(numbers({kN, kT, kWidth}), true);
  const Variable y = block.forward(x);
  backward(y, numbers({kN, kT, kWidth}));
  expect_attention_golden(name, "y", y.data());
  expect_attention_golden(name, "dx", x.gradient());
}

TEST(TransformerBlock, MatchesPyTorch) {
  expect_golden_block("norms before", NormPlace::before, Activation::gelu);
  expect_golden_block("norms after", NormPlace::after, Activation::relu);
}

TEST(TransformerBlock, Gradients) {
  for (const NormPlace place : {NormPlace::before, NormPlace::after}) {
    for (const Projection projection : {Projection::joint, Projection::separate}) {
      TransformerBlock block(kWidth, {.attention = {.heads = kHeads, .projection = projection},
                                      .feed_forward = kFeedForward,
                                      .norm_place = place});
      EXPECT_LE(test::layer_gradient_error(block, {2, 3, kWidth}), 1e-6);
    }
  }
}

TEST(TransformerBlock, DropsInTrainingOnlyByTheAmbientScope) {
  TransformerBlock block(kWidth, {.attention = {.heads = kHeads, .dropout = 0.5},
                                  .feed_forward = kFeedForward,
                                  .dropout = 0.4,
                                  .hidden_dropout = 0.1});
  const Variable x(random_tensor({2, 30, kWidth}));
  const auto in_step = [&](std::uint32_t step) {
    const RandomScope scope(7, step);
    return block.forward(x).data();
  };
  const auto same = [](const Tensor& a, const Tensor& b) {
    return std::ranges::equal(a.span<float>(), b.span<float>());
  };
  EXPECT_TRUE(same(in_step(1), in_step(1)));
  EXPECT_FALSE(same(in_step(1), in_step(2)));
  block.train(false);
  EXPECT_TRUE(same(in_step(1), in_step(2)));
}

TEST(TransformerBlock, StateHasTheNamesOfItsParts) {
  const auto names_of = [](Projection projection, Bias bias) {
    TransformerBlock block(
        kWidth, {.attention = {.heads = kHeads, .projection = projection, .projection_bias = bias}});
    std::vector<std::string> names;
    for (const StateEntry& entry : block.state()) names.push_back(entry.name);
    return names;
  };
  EXPECT_THAT(names_of(Projection::joint, Bias::none),
              testing::ElementsAre("attention.qkv.weight", "attention.out.weight", "attention.out.bias",
                                   "norm_1.weight", "norm_1.bias", "linear_1.weight", "linear_1.bias",
                                   "linear_2.weight", "linear_2.bias", "norm_2.weight", "norm_2.bias"));
  EXPECT_THAT(
      names_of(Projection::separate, Bias::learned),
      testing::IsSupersetOf({"attention.query.weight", "attention.key.bias", "attention.value.bias"}));
}

TEST(MultiHeadAttention, AttendsToAnotherSequence) {
  MultiHeadAttention layer(kWidth, {.heads = kHeads});
  const Variable x(random_tensor({2, 3, kWidth})), memory(random_tensor({2, 6, kWidth}, DType::f32, 1));
  EXPECT_EQ(layer.forward(x, memory, {}).shape(), (Shape{2, 3, kWidth}));
  MultiHeadAttention joint(kWidth, {.heads = kHeads, .projection = Projection::joint});
  EXPECT_THROW(joint.forward(x, memory, {}), ConfigError);
}

TEST(MultiHeadAttention, RefusesHeadsThatDoNotDivideTheWidth) {
  EXPECT_THAT([] { MultiHeadAttention(8, {.heads = 3}); },
              testing::ThrowsMessage<ConfigError>(testing::HasSubstr("expected a divisor of the width 8")));
}

}  // namespace
}  // namespace sonograd::layers
