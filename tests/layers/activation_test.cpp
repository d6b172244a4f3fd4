#include "layers/activation.h"

#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autograd/ops/pointwise.h"

namespace sonograd::layers {
namespace {

float at(std::string_view name, float x) {
  const Variable input(Tensor::full({1}, x));
  return Activate(parse_activation(name)).forward(input).data().data<float>()[0];
}

TEST(Activation, ByName) {
  EXPECT_EQ(at("none", -2), -2);
  EXPECT_EQ(at("relu", -2), 0);
  EXPECT_EQ(at("relu", 3), 3);
  EXPECT_FLOAT_EQ(at("tanh", -2), std::tanh(-2.0f));
  EXPECT_FLOAT_EQ(at("sigmoid", 3), 1 / (1 + std::exp(-3.0f)));
  EXPECT_NEAR(at("gelu", 3), 3 * 0.5 * (1 + std::erf(3 / std::sqrt(2.0))), 1e-6);
  EXPECT_NEAR(at("silu", -2), -2 / (1 + std::exp(2.0)), 1e-6);
  EXPECT_EQ(at("elu", 3), 3);
  EXPECT_FLOAT_EQ(at("elu", -2), std::expm1(-2.0f));
  EXPECT_FLOAT_EQ(at("elu", -1e-5f), std::expm1(-1e-5f));
  EXPECT_FLOAT_EQ(at("selu", 3), 3.1521030f);
  EXPECT_FLOAT_EQ(at("selu", -2), -1.5201665f);
  EXPECT_EQ(at("leaky_relu", 3), 3);
  EXPECT_FLOAT_EQ(at("leaky_relu", -2), -0.02f);
  EXPECT_FLOAT_EQ(at("softplus", -20), std::log1p(std::exp(-20.0f)));
  EXPECT_FLOAT_EQ(at("softplus", 0), std::log(2.0f));
  EXPECT_EQ(at("softplus", 200), 200);
  EXPECT_FLOAT_EQ(at("hard_sigmoid", -1), 0.3f);
  EXPECT_EQ(at("hard_sigmoid", -3), 0);
  EXPECT_EQ(at("hard_sigmoid", 3), 1);
}

TEST(Activation, EveryPointwiseFunctionWithoutAParameterIsOne) {
  const Variable x(Tensor::from<float>({0.25f, 1.5f, 7.0f}, {3}));
  int count = 0;
#define SONOGRAD_EXPECT(name, Functor)                                                    \
  {                                                                                       \
    const Activation activation = parse_activation(#name);                                \
    EXPECT_EQ(activation, Activation::name);                                              \
    EXPECT_EQ(name_of(activation), #name);                                                \
    const Tensor y = activate(activation, x).data(), expected = sonograd::name(x).data(); \
    EXPECT_TRUE(std::ranges::equal(y.span<float>(), expected.span<float>())) << #name;    \
    ++count;                                                                              \
  }
  SONOGRAD_UNARY_FUNCTIONS_ALONE(SONOGRAD_EXPECT)
#undef SONOGRAD_EXPECT
  EXPECT_GE(count, 11);
}

TEST(Activation, AnUnknownNameIsAnErrorWithTheKnownOnes) {
  for (const std::string_view name : {"softplus?", "scale", ""}) {
    try {
      parse_activation(name);
      ADD_FAILURE() << name;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("none, "), testing::HasSubstr(", silu")));
    }
  }
}

}  // namespace
}  // namespace sonograd::layers
