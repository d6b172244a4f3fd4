// Modules whose weights are stored in bf16: types of their state, and the error of folded norms.
#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/core/pins.h"
#include "kernels/core/profile.h"
#include "layers/conv_unit.h"
#include "layers/linear.h"
#include "layers/sequential.h"
#include "tests/layers/layer_gradients.h"
#include "tests/support/devices.h"

namespace sonograd {
namespace {

using namespace layers;

TEST(Bf16Module, WeightsAreBf16AndNormsAndBuffersFloat32) {
  Sequential network;
  network.emplace<ConvUnit2d>("conv", 3, 4);
  network.emplace<Linear>("dense", 4, 5);
  network.emplace<LayerNorm>("norm", 5);
  network.to(DType::bf16);
  std::vector<std::string> weights;
  for (const StateEntry& entry : network.state()) {
    if (entry.tensor.dtype() == DType::bf16) {
      weights.push_back(entry.name);
    } else {
      EXPECT_EQ(entry.tensor.dtype(), entry.kind == StateKind::counter ? DType::i64 : DType::f32)
          << entry.name;
    }
  }
  EXPECT_THAT(weights,
              testing::ElementsAre("conv.conv.weight", "conv.conv.bias", "dense.weight", "dense.bias"));
}

TEST(Bf16Module, OtherTypesAreRefused) {
  Linear layer(2, 3);
  EXPECT_THAT([&] { layer.to(DType::i32); },
              testing::ThrowsMessage<DTypeError>(testing::HasSubstr("expects f32, f64 or bf16, got i32")));
  EXPECT_EQ(layer.parameters().front().dtype(), DType::f32);
}

TEST(Bf16Module, InputsOfAnotherTypeAreRefused) {
  ConvUnit2d unit(3, 4);
  unit.to(DType::bf16);
  const Variable x(random_tensor({2, 6, 5, 3}));
  EXPECT_THROW(unit.forward(x), DTypeError);
  unit.train(false);
  EXPECT_THROW(unit.forward(x), DTypeError);
  const NoGrad inference;
  EXPECT_THROW(unit.forward(x), DTypeError);
}

// In double, with the values of `from`.
template <class Unit>
std::unique_ptr<Unit> in_double(const Unit& from, const typename Unit::Options& options, std::int64_t in,
                                std::int64_t out) {
  auto unit = std::make_unique<Unit>(in, out, options);
  unit->to(DType::f64);
  unit->train(false);
  const auto values = from.state();
  const auto state = unit->state();
  for (std::size_t i = 0; i < state.size(); ++i) {
    if (state[i].kind != StateKind::counter)
      state[i].tensor.copy_from(Tensor::copy_of(values[i].value).to(DType::f64));
  }
  return unit;
}

Tensor magnitudes(const Tensor& x) {
  const Tensor result = x.to(DType::f64).clone();
  for (double& value : result.span<double>()) value = std::abs(value);
  return result;
}

// Turns norm(conv(x)) into the sum of the magnitudes of its terms, folded: |scale| |weight|, and `offset` per channel.
template <class Unit>
void take_magnitudes(Unit& unit, const Tensor& offset) {
  for (const StateEntry& entry : unit.state()) {
    if (entry.name == "conv.bias" || entry.name == "bn.running_mean") {
      entry.tensor.fill_zero();
    } else if (entry.name == "bn.bias") {
      entry.tensor.copy_from(offset);
    } else if (entry.kind == StateKind::parameter) {
      entry.tensor.copy_from(magnitudes(entry.tensor));
    }
  }
}

// y = sum over i of w[i] x[i] + b with folded w and b. Rounding to bf16 changes each by at most u = 2^-8 of itself, and the stored
// y once more: |error| <= u (sum of |w[i]| |x[i]| + |b|) + u (|y| + that). Sums in float32 are 2^-16 of u: below 1 % of it.
template <class Conv>
void expect_within_the_bound(Bias bias, const Shape& input, Device device) {
  using Unit = ConvUnit<Conv>;
  constexpr std::int64_t kIn = 12, kOut = 20;
  constexpr double kRounding = 0x1p-8;
  const typename Unit::Options options = {.bias = bias, .activation = Activation::none};
  Unit unit(kIn, kOut, options);
  test::disturb(unit);
  unit.to(DType::bf16);
  const auto exact = in_double(unit, options, kIn, kOut);
  const Tensor x = random_tensor(input, DType::bf16);
  const Tensor expected = exact->forward(Variable(x.to(DType::f64))).data();
  const Tensor at_zero = exact->forward(Variable(Tensor::zeros(input, DType::f64))).data();
  const Tensor offset = at_zero.reshape({-1, kOut}).rows(0, 1).reshape({kOut});
  take_magnitudes(*exact, magnitudes(offset));
  const Tensor terms = exact->forward(Variable(magnitudes(x))).data();

  unit.prepare(device);
  const NoGrad inference;
  const Tensor y = unit.forward(Variable(x.to(device))).data();
  EXPECT_EQ(y.dtype(), DType::bf16);
  const Tensor actual = y.to(Device{}).to(DType::f64);
  double worst = 0;
  for (std::int64_t i = 0; i < actual.numel(); ++i) {
    const double folding = kRounding * terms.data<double>()[i];
    const double bound = 1.01 * (folding + kRounding * (std::abs(expected.data<double>()[i]) + folding));
    const double error = std::abs(actual.data<double>()[i] - expected.data<double>()[i]);
    EXPECT_LE(error, bound) << "element " << i;
    worst = std::max(worst, error / bound);
  }
  EXPECT_GT(worst, 0.05) << "the bound is of the size of the error";
}

TEST(Bf16Module, FoldedNormsAreRoundedOnce) {
  for (const Device device : test::all_devices()) {
    for (const Bias bias : {Bias::learned, Bias::none}) {
      SCOPED_TRACE(concat(device, bias == Bias::learned ? ", bias" : ", no bias"));
      expect_within_the_bound<Conv2d>(bias, {2, 9, 7, 12}, device);
      expect_within_the_bound<Conv1d>(bias, {2, 31, 12}, device);
    }
  }
}

// A prepared network converts its weights once: further calls convert what enters and what leaves the convolution.
TEST(Bf16Module, PreparedWeightsAreConvertedOnce) {
  const kernels::PinScope pin("conv2d_forward", "onednn");
  ConvUnit2d unit(32, 64, {.activation = Activation::none});
  unit.to(DType::bf16);
  unit.prepare({});
  const NoGrad inference;
  const Variable x(random_tensor({1, 9, 7, 32}, DType::bf16));
  const auto copies = [&] {
    kernels::start_profile();
    unit.forward(x);
    return std::ranges::count_if(kernels::finish_profile().events, [](const kernels::ProfileEvent& event) {
      return event.label.kind == kernels::RangeKind::op && event.label.name == "copy";
    });
  };
  EXPECT_EQ(copies(), 4);
  EXPECT_EQ(copies(), 2);
}

template <class Conv>
void expect_training(const Shape& input) {
  ConvUnit<Conv> unit(12, 20, {});
  unit.to(DType::bf16);
  const Variable y = unit.forward(Variable(random_tensor(input, DType::bf16)));
  EXPECT_EQ(y.dtype(), DType::bf16);
  backward(y, Tensor::full(y.shape(), 1, DType::bf16));
  for (const StateEntry& entry : unit.state()) {
    if (entry.parameter == nullptr || entry.name == "conv.bias")
      continue;  // its gradient is zero behind a norm
    const Tensor gradient = entry.parameter->gradient();
    ASSERT_TRUE(gradient.defined()) << entry.name;
    EXPECT_EQ(gradient.dtype(), entry.tensor.dtype()) << entry.name;
    const Tensor values = gradient.to(DType::f64);
    for (const double value : values.template span<double>()) ASSERT_TRUE(std::isfinite(value)) << entry.name;
  }
}

TEST(Bf16Module, TrainingLeavesGradientsOfTheTypesOfTheParameters) {
  expect_training<Conv2d>({2, 9, 7, 12});
  expect_training<Conv1d>({2, 31, 12});
}

}  // namespace
}  // namespace sonograd
