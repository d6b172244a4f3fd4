// Ops on bf16 values: results and gradients have the types of their values, and differ from those of float32 by rounding.
#include <cmath>
#include <functional>
#include <gtest/gtest.h>

#include "autograd/ops/batch_norm.h"
#include "autograd/ops/bn_relu_pool.h"
#include "autograd/ops/conv2d.h"
#include "autograd/ops/conv2d_bn_stats.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/layer_norm.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/matmul.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/pool.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/softmax.h"
#include "autograd/tape.h"
#include "tests/support/devices.h"
#include "tests/support/random_tensor.h"

namespace sonograd {
namespace {

struct Result {
  Tensor y, dx;
};

using Op = std::function<Variable(const Variable&)>;

Result run(const Op& op, const Tensor& x, const Tensor& dy) {
  const Variable input(x, true);
  const Variable y = op(input);
  backward(y, dy.to(y.dtype()).to(y.device()));
  return {y.data(), input.gradient()};
}

// Differences are at most `roundings` roundings to bf16 of numbers as large as the largest.
void expect_near(const Tensor& expected, const Tensor& actual, double roundings) {
  const Tensor reference = expected.to(Device{}), got = actual.to(Device{}).to(DType::f32);
  double scale = 0;
  for (const float value : reference.span<float>())
    scale = std::max(scale, std::abs(static_cast<double>(value)));
  for (std::int64_t i = 0; i < reference.numel(); ++i) {
    EXPECT_NEAR(got.data<float>()[i], reference.data<float>()[i], roundings * 0x1p-8 * scale)
        << "element " << i;
  }
}

class Bf16Ops : public testing::TestWithParam<Device> {};

TEST_P(Bf16Ops, PassTheTypeThrough) {
  const Tensor weight = random_tensor({12}, DType::f32, 3).to(GetParam());
  const Tensor bias = random_tensor({12}, DType::f32, 4).to(GetParam());
  const Tensor centre = random_tensor({12}, DType::f32, 5).to(GetParam());
  const Tensor variance = Tensor::full({12}, 0.5).to(GetParam());
  const Tensor kernel = random_tensor({7, 3, 2, 12}, DType::bf16, 6).to(GetParam());
  const Tensor shift = random_tensor({7}, DType::bf16, 7).to(GetParam());
  const Tensor matrix = random_tensor({9, 12}, DType::bf16, 8).to(GetParam());
  const Tensor offset = random_tensor({9}, DType::bf16, 9).to(GetParam());
  const Tensor factors = random_tensor({2, 5, 12, 3}, DType::bf16, 10).to(GetParam());
  const Tensor columns = random_tensor({5, 1, 12}, DType::bf16, 11).to(GetParam());
  const std::pair<const char*, Op> ops[] = {
      {"relu", [](const Variable& x) { return relu(x); }},
      {"sigmoid", [](const Variable& x) { return sigmoid(x); }},
      {"silu", [](const Variable& x) { return silu(x); }},
      {"scale", [](const Variable& x) { return scale(x, -3); }},
      {"add", [&](const Variable& x) { return add(x, Variable(columns.to(x.dtype()))); }},
      {"sub", [&](const Variable& x) { return sub(Variable(columns.to(x.dtype())), x); }},
      {"mul", [&](const Variable& x) { return mul(x, Variable(columns.to(x.dtype()))); }},
      {"div", [&](const Variable& x) { return div(x, Variable(variance.to(x.dtype()))); }},
      {"linear",
       [&](const Variable& x) {
         return linear(x, Variable(matrix.to(x.dtype())), Variable(offset.to(x.dtype())));
       }},
      {"matmul",
       [&](const Variable& x) { return matmul(x, Variable(factors.to(x.dtype())), {.alpha = 0.5}); }},
      {"conv2d",
       [&](const Variable& x) {
         return conv2d(x, Variable(kernel.to(x.dtype())), Variable(shift.to(x.dtype())), {.padding = 1});
       }},
      {"conv2d_bn_stats",
       [&](const Variable& x) {
         return conv2d_bn_stats(x, Variable(kernel.to(x.dtype())), Variable(shift.to(x.dtype())),
                                {.padding = 1}, {})
             .y;
       }},
      {"batch_norm",
       [&](const Variable& x) {
         return batch_norm(x, batch_statistics(x.data(), {}), Variable(weight), Variable(bias));
       }},
      {"batch_norm, evaluation",
       [&](const Variable& x) { return batch_norm(x, centre, variance, Variable(weight), Variable(bias)); }},
      {"bn_relu_pool",
       [&](const Variable& x) {
         return bn_relu_pool(x, batch_statistics(x.data(), {}), Variable(weight), Variable(bias), {2, 1});
       }},
      {"permute",
       [](const Variable& x) {
         return permute(x, {0, 2, 1, 3});
       }},
      {"slice", [](const Variable& x) { return slice(x, 1, 1, 3); }},
      {"concat",
       [](const Variable& x) {
         return concat({x, x}, 2);
       }},
      {"reshape",
       [](const Variable& x) {
         return reshape(x, {2, 120});
       }},
      {"softmax", [](const Variable& x) { return softmax(x); }},
      {"log_softmax", [](const Variable& x) { return log_softmax(x); }},
      {"sum",
       [](const Variable& x) {
         return sum(x, {1, 2});
       }},
      {"mean", [](const Variable& x) { return mean(x, {3}, true); }},
      {"max_pool",
       [](const Variable& x) {
         return max_pool2d(x, {2, 2});
       }},
      {"avg_pool",
       [](const Variable& x) {
         return avg_pool2d(x, {3, 2}, {1, 1});
       }},
      {"layer_norm",
       [&](const Variable& x) { return layer_norm(x, Variable(weight), Variable(bias), 1e-5); }},
  };
  const Tensor halves = random_tensor({2, 5, 2, 12}, DType::bf16).to(GetParam());
  for (const auto& [name, op] : ops) {
    SCOPED_TRACE(name);
    const Shape shape = op(Variable(halves)).shape();
    const Tensor dy = random_tensor(shape, DType::bf16, 1).to(GetParam());
    const Result exact = run(op, halves.to(DType::f32), dy.to(DType::f32));
    const Result result = run(op, halves, dy);
    EXPECT_EQ(result.y.dtype(), DType::bf16);
    EXPECT_EQ(result.dx.dtype(), DType::bf16);
    expect_near(exact.y, result.y, 1);
    expect_near(exact.dx, result.dx, 3);  // roundings of the saved values, of the sum and of the result
  }
}

TEST_P(Bf16Ops, GradientsOfFloat32ParametersAreFloat32) {
  const Variable weight(random_tensor({12}, DType::f32, 3).to(GetParam()), true);
  const Variable bias(random_tensor({12}, DType::f32, 4).to(GetParam()), true);
  const Variable y =
      layer_norm(Variable(random_tensor({7, 12}, DType::bf16).to(GetParam())), weight, bias, 1e-5);
  backward(sum(y));
  EXPECT_EQ(weight.gradient().dtype(), DType::f32);
  EXPECT_EQ(bias.gradient().dtype(), DType::f32);
  const Tensor host = bias.gradient().to(Device{});
  for (const float value : host.span<float>()) EXPECT_EQ(value, 7.0f);
}

TEST_P(Bf16Ops, BatchNormKeepsItsParametersInFloat32) {
  const Tensor x = random_tensor({7, 12}, DType::bf16).to(GetParam());
  const Variable weight(random_tensor({12}, DType::f32, 3).to(GetParam()), true);
  const Variable bias(random_tensor({12}, DType::f32, 4).to(GetParam()), true);
  const BatchStatistics statistics = batch_statistics(x, {});
  EXPECT_EQ(statistics.mean.dtype(), DType::f32);
  EXPECT_EQ(statistics.inv_std.dtype(), DType::f32);
  backward(sum(batch_norm(Variable(x), statistics, weight, bias)));
  EXPECT_EQ(weight.gradient().dtype(), DType::f32);
  const Tensor of_bias = bias.gradient().to(Device{});
  for (const float value : of_bias.span<float>()) EXPECT_EQ(value, 7.0f);
}

TEST_P(Bf16Ops, GradientsOfAConvolutionHaveTheTypeOfItsWeight) {
  const Variable weight(random_tensor({6, 3, 1, 4}, DType::bf16, 3).to(GetParam()), true);
  const Variable bias(random_tensor({6}, DType::bf16, 4).to(GetParam()), true);
  const Variable y = conv2d(Variable(random_tensor({2, 5, 3, 4}, DType::bf16).to(GetParam())), weight, bias);
  backward(sum(y));
  EXPECT_EQ(weight.gradient().dtype(), DType::bf16);
  EXPECT_EQ(bias.gradient().dtype(), DType::bf16);
  const Tensor of_bias = bias.gradient().to(Device{}).to(DType::f32);
  for (const float value : of_bias.span<float>()) EXPECT_EQ(value, 18.0f);
}

TEST_P(Bf16Ops, GradientsOfRepeatedOperandsAreRoundedSums) {
  const Variable x(random_tensor({4, 6}, DType::bf16).to(GetParam()), true);
  const Variable bias(random_tensor({6}, DType::bf16, 1).to(GetParam()), true);
  backward(sum(add(x, bias)));
  EXPECT_EQ(bias.gradient().dtype(), DType::bf16);
  const Tensor of_bias = bias.gradient().to(Device{}).to(DType::f32);
  for (const float value : of_bias.span<float>()) EXPECT_EQ(value, 4.0f);
}

TEST_P(Bf16Ops, LinearTakesParametersOfItsTypeAlone) {
  const Variable x(random_tensor({5, 7}, DType::bf16).to(GetParam()), true);
  const Variable weight(random_tensor({3, 7}, DType::f32, 1).to(GetParam()), true);
  const Variable bias(random_tensor({3}, DType::f32, 2).to(GetParam()), true);
  const Variable narrow_weight = convert(weight, DType::bf16), narrow_bias = convert(bias, DType::bf16);
  EXPECT_THROW(linear(x, weight, narrow_bias), DTypeError);
  EXPECT_THROW(linear(x, narrow_weight, bias), DTypeError);
  EXPECT_THROW(matmul(x, weight, {.transpose_b = true}), DTypeError);
  EXPECT_THROW(add(linear(x, narrow_weight, narrow_bias), bias), DTypeError);
  backward(sum(linear(x, narrow_weight, narrow_bias)));
  EXPECT_EQ(narrow_weight.dtype(), DType::bf16);
  EXPECT_EQ(weight.gradient().dtype(), DType::f32);
  const Tensor of_bias = bias.gradient().to(Device{});
  for (const float value : of_bias.span<float>()) EXPECT_EQ(value, 5.0f);
}

TEST_P(Bf16Ops, ConvertPassesGradientsBackInTheirOwnType) {
  const Variable x(random_tensor({5, 7}).to(GetParam()), true);
  const Variable halves = convert(x, DType::bf16);
  EXPECT_EQ(halves.dtype(), DType::bf16);
  const Variable again = convert(halves, DType::f32);
  backward(again, random_tensor({5, 7}, DType::f32, 1).to(GetParam()));
  EXPECT_EQ(x.gradient().dtype(), DType::f32);
  expect_near(x.data(), again.data(), 1);
  expect_near(random_tensor({5, 7}, DType::f32, 1), x.gradient(), 1);
}

INSTANTIATE_TEST_SUITE_P(EveryDevice, Bf16Ops, testing::ValuesIn(test::all_devices()),
                         [](const auto& device) { return test::test_name(device.param); });

}  // namespace
}  // namespace sonograd
