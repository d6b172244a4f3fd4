// A unit has the result of its parts one after the other, with and without fused ops.
#include "layers/conv_unit.h"

#include <gtest/gtest.h>

#include "autograd/ops/pointwise.h"
#include "autograd/ops/pool.h"
#include "tests/layers/layer_gradients.h"

namespace sonograd {
namespace {

using namespace layers;

constexpr UnitOrder kOrders[] = {UnitOrder::conv_norm_activation, UnitOrder::conv_activation_norm,
                                 UnitOrder::norm_activation_conv};
constexpr bool kNorms[] = {true, false};

template <class Conv>
struct Plain;

template <>
struct Plain<Conv2d> {
  static Shape input(std::int64_t channels) { return {2, 9, 11, channels}; }
  static Variable conv(const Variable& x, const Variable& w, const Variable& b,
                       const Conv2dOptions& options) {
    return conv2d(x, w, b, options);
  }
  static Variable pool(const Variable& x, const ConvUnitOptions<Conv2d>& o) {
    return o.pooling == Pooling::max ? max_pool2d(x, o.pool, o.pool_stride)
                                     : avg_pool2d(x, o.pool, o.pool_stride);
  }
};
template <>
struct Plain<Conv1d> {
  static Shape input(std::int64_t channels) { return {3, 23, channels}; }
  static Variable conv(const Variable& x, const Variable& w, const Variable& b,
                       const Conv1dOptions& options) {
    return conv1d(x, w, b, options);
  }
  static Variable pool(const Variable& x, const ConvUnitOptions<Conv1d>& o) {
    return o.pooling == Pooling::max ? max_pool1d(x, o.pool, o.pool_stride)
                                     : avg_pool1d(x, o.pool, o.pool_stride);
  }
};

// The unit's parts by name, one after the other.
template <class Conv>
Variable plainly(const ConvUnit<Conv>& unit, const ConvUnitOptions<Conv>& options, const Variable& x) {
  const auto state = unit.state();
  const auto find = [&](std::string_view name) {
    for (const ConstStateEntry& entry : state) {
      if (entry.name == name) return Tensor::copy_of(entry.value);
    }
    return Tensor();
  };
  const auto leaf = [&](std::string_view name) { return Variable(find(name)); };
  const auto norm = [&](const Variable& v) {
    if (!options.norm) return v;
    const double eps = options.norm->eps;
    if (unit.training())
      return batch_norm(v, batch_statistics(v.data(), {}, eps), leaf("bn.weight"), leaf("bn.bias"));
    return batch_norm(v, find("bn.running_mean"), find("bn.running_var"), leaf("bn.weight"), leaf("bn.bias"),
                      eps);
  };
  const auto conv = [&](const Variable& v) {
    return Plain<Conv>::conv(v, leaf("conv.weight"), leaf("conv.bias"), options.conv);
  };
  const auto act = [&](const Variable& v) { return activate(options.activation, v); };
  switch (options.order) {
    case UnitOrder::conv_norm_activation:
      return Plain<Conv>::pool(act(norm(conv(x))), options);
    case UnitOrder::conv_activation_norm:
      return Plain<Conv>::pool(norm(act(conv(x))), options);
    case UnitOrder::norm_activation_conv:
      return Plain<Conv>::pool(conv(act(norm(x))), options);
  }
  return {};
}

template <class Conv>
void expect_plain(const ConvUnitOptions<Conv>& options, const std::string& where) {
  ConvUnit<Conv> unit(3, 5, options);
  test::disturb(unit);
  const Variable x(random_tensor(Plain<Conv>::input(3)));
  const auto expect_equal = [&](const Variable& y, std::string_view mode) {
    const Tensor expected = plainly(unit, options, x).data(), got = y.data();
    ASSERT_EQ(got.shape(), expected.shape()) << where << mode;
    for (std::int64_t i = 0; i < got.numel(); ++i)
      ASSERT_NEAR(got.data<float>()[i], expected.data<float>()[i], 2e-5) << where << mode << ' ' << i;
  };
  unit.train(false);
  expect_equal(unit.forward(x), "evaluation");
  {
    const NoGrad inference;
    expect_equal(unit.forward(x), "inference");
  }
  unit.train(true);
  expect_equal(unit.forward(x), "training");
}

template <class Conv>
void expect_plain_in_all_orders() {
  using Extent = typename Conv::Extent;
  for (const UnitOrder order : kOrders) {
    for (const bool norm : kNorms) {
      for (const Bias bias : {Bias::learned, Bias::none}) {
        for (const Activation activation : {Activation::relu, Activation::gelu, Activation::none}) {
          for (const Pooling pooling : {Pooling::max, Pooling::avg}) {
            for (const auto& [pool, stride] : {std::pair(1, 1), {2, 2}, {3, 1}}) {
              const std::string where = concat("order ", static_cast<int>(order), " norm ", norm, " bias ",
                                               bias == Bias::learned, ' ', name_of(activation), " pooling ",
                                               static_cast<int>(pooling), ' ', pool, '/', stride, ' ');
              ConvUnitOptions<Conv> options = {.bias = bias,
                                               .activation = activation,
                                               .pooling = pooling,
                                               .pool = Extent(pool),
                                               .pool_stride = Extent(stride),
                                               .order = order};
              options.norm = norm ? std::optional(BatchNormOptions{.eps = 1e-3}) : std::nullopt;
              expect_plain<Conv>(options, where);
            }
          }
        }
      }
    }
  }
}

TEST(ConvUnit, OverMapsIsItsPartsInEveryOrder) {
  expect_plain_in_all_orders<Conv2d>();
}

TEST(ConvUnit, OverSequencesIsItsPartsInEveryOrder) {
  expect_plain_in_all_orders<Conv1d>();
}

TEST(ConvUnit, TakesKernelsStridesAndPaddings) {
  expect_plain<Conv2d>({.kernel = {5, 4}, .conv = {.stride = {2, 1}, .padding = {1, 2, 0, 3}}}, "2-D ");
  expect_plain<Conv1d>({.kernel = 3, .conv = {.stride = 3, .pad_before = 1, .pad_after = 1, .dilation = 2}},
                       "1-D ");
  expect_plain<Conv1d>({.kernel = 1, .pool = 3}, "1-D ");
}

template <class Conv>
void expect_gradients() {
  using Extent = typename Conv::Extent;
  for (const UnitOrder order : kOrders) {
    for (const bool norm : kNorms) {
      for (const bool training : {true, false}) {
        for (const Activation activation : {Activation::relu, Activation::tanh}) {
          ConvUnitOptions<Conv> options = {
              .activation = activation, .pool = Extent(2), .pool_stride = Extent(2), .order = order};
          if (!norm) options.norm.reset();
          ConvUnit<Conv> unit(3, 4, options);
          test::disturb(unit);
          unit.train(training);
          EXPECT_LE(test::layer_gradient_error(unit, Plain<Conv>::input(3)), 1e-6)
              << "order " << static_cast<int>(order) << " norm " << norm << " training " << training << ' '
              << name_of(activation);
        }
      }
    }
  }
}

TEST(ConvUnit, GradientsOverMapsMatchDifferencesInEveryOrder) {
  expect_gradients<Conv2d>();
}

TEST(ConvUnit, GradientsOverSequencesMatchDifferencesInEveryOrder) {
  expect_gradients<Conv1d>();
}

TEST(ConvUnit, FoldsInDoubleToo) {
  for (const UnitOrder order : kOrders) {
    ConvUnit2d unit(3, 4, {.pool = 2, .order = order});
    test::disturb(unit);
    unit.to(DType::f64);
    unit.train(false);
    const Variable x(random_tensor({2, 6, 7, 3}, DType::f64));
    const Tensor expected = unit.forward(x).data();
    const NoGrad inference;
    const Tensor folded = unit.forward(x).data();
    for (std::int64_t i = 0; i < folded.numel(); ++i)
      ASSERT_NEAR(folded.data<double>()[i], expected.data<double>()[i], 1e-12);
  }
}

TEST(ConvUnit, PartsAppearInTheOrderOfComputation) {
  const auto first = [](UnitOrder order) { return ConvUnit1d(1, 2, {.order = order}).state().front().name; };
  EXPECT_EQ(first(UnitOrder::conv_norm_activation), "conv.weight");
  EXPECT_EQ(first(UnitOrder::conv_activation_norm), "conv.weight");
  EXPECT_EQ(first(UnitOrder::norm_activation_conv), "bn.weight");
  ConvUnitOptions<Conv1d> bare = {.bias = Bias::none};
  bare.norm.reset();
  EXPECT_EQ(ConvUnit1d(1, 2, bare).state().size(), 1u);
}

TEST(ConvUnit, NormHasItsOwnEpsAndMomentum) {
  ConvUnit2d unit(1, 2, {.norm = {{.eps = 1e-3, .momentum = 0.01}}});
  ConvUnit2d usual(1, 2, {});
  const auto moved = [](ConvUnit2d& block) {
    const Tensor mean = block.state()[4].tensor;
    mean.fill_zero();
    block.state()[0].tensor.fill_zero();
    block.state()[1].tensor.copy_from(Tensor::full({2}, 1));
    block.forward(Variable(random_tensor({2, 5, 5, 1})));
    return mean.data<float>()[0];
  };
  EXPECT_FLOAT_EQ(moved(unit), 0.01f);
  EXPECT_FLOAT_EQ(moved(usual), 0.1f);
  EXPECT_THROW(BatchNorm(2, {.eps = 0}), ConfigError);
  EXPECT_THROW(BatchNorm(2, {.momentum = 1.5}), ConfigError);
  EXPECT_THROW(LayerNorm(2, {.eps = -1}), ConfigError);
}

TEST(LayerNorm, HasItsOwnEps) {
  const Tensor x = Tensor::from<float>({-1e-3f, 1e-3f}, {1, 2});
  const double eps = 1e-6;
  const Tensor y = LayerNorm(2, {.eps = eps}).forward(Variable(x)).data();
  EXPECT_NEAR(y.data<float>()[1], 1e-3 / std::sqrt(1e-6 + eps), 1e-5);
  EXPECT_NEAR(LayerNorm(2).forward(Variable(x)).data().data<float>()[1], 1e-3 / std::sqrt(1e-6 + 1e-5), 1e-5);
}

}  // namespace
}  // namespace sonograd
