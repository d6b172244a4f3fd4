// Ops on tensors with an axis of extent 0: they compute, forward and backward, what their formulas give for sums over no elements,
// or refuse in the forward pass.
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autograd/ops/batch_norm.h"
#include "autograd/ops/binary.h"
#include "autograd/ops/bn_relu_pool.h"
#include "autograd/ops/conv1d.h"
#include "autograd/ops/conv1d_bn_stats.h"
#include "autograd/ops/conv2d.h"
#include "autograd/ops/conv2d_bn_stats.h"
#include "autograd/ops/conv2d_relu_pool.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/layer_norm.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/loss.h"
#include "autograd/ops/matmul.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/pool.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/softmax.h"
#include "autograd/tape.h"
#include "tests/support/devices.h"

namespace sonograd {
namespace {

using Variables = std::vector<Variable>;
using OpOfTensors = std::function<Variable(const Variables&)>;

// A tensor of ones, or what every element of a result is.
struct Input {
  Shape shape;
  double gradient = 0;
};

struct Case {
  std::string name;
  std::vector<Input> inputs;
  OpOfTensors op;
  Shape y;
  double value = 0;
};

void expect_all(const Tensor& tensor, const Shape& shape, double value) {
  ASSERT_TRUE(tensor.defined());
  EXPECT_EQ(tensor.shape(), shape);
  const Tensor host = tensor.to(Device{}).to(DType::f64);
  for (const double element : host.span<double>()) EXPECT_EQ(element, value);
}

class EmptyTensors : public testing::TestWithParam<std::tuple<Device, DType>> {};

// The gradient of the result is 1 everywhere.
void check(const Case& c, Device device, DType dtype) {
  SCOPED_TRACE(c.name);
  Variables inputs;
  for (const Input& input : c.inputs) inputs.emplace_back(Tensor::full(input.shape, 1, dtype, device), true);
  const Variable y = c.op(inputs);
  expect_all(y.data(), c.y, c.value);
  backward(y, Tensor::full(y.shape(), 1, y.dtype(), device));
  for (std::size_t i = 0; i < inputs.size(); ++i)
    expect_all(inputs[i].gradient(), c.inputs[i].shape, c.inputs[i].gradient);
}

// Parameters of norms are float32 whatever x is.
TEST_P(EmptyTensors, Compute) {
  const auto [device, dtype] = GetParam();
  const std::vector<Case> cases = {
      {"add", {{{0, 5}}, {{5}}}, [](auto& v) { return add(v[0], v[1]); }, {0, 5}},
      {"add, first repeats", {{{5}}, {{3, 0, 5}}}, [](auto& v) { return add(v[0], v[1]); }, {3, 0, 5}},
      {"sub of columns", {{{0, 1, 5}}, {{4, 5}}}, [](auto& v) { return sub(v[0], v[1]); }, {0, 4, 5}},
      {"mul", {{{3, 0}}, {{3, 1}}}, [](auto& v) { return mul(v[0], v[1]); }, {3, 0}},
      {"div by a scalar", {{{2, 0, 3}}, {{}}}, [](auto& v) { return div(v[0], v[1]); }, {2, 0, 3}},
      {"exp", {{{0, 5}}}, [](auto& v) { return exp(v[0]); }, {0, 5}},
      {"scale", {{{0, 5}}}, [](auto& v) { return scale(v[0], 3); }, {0, 5}},
      {"gelu", {{{5, 0}}}, [](auto& v) { return gelu(v[0]); }, {5, 0}},
      {"dropout", {{{0, 5}}}, [](auto& v) { return dropout(v[0], 0.5, {.seed = 1}); }, {0, 5}},
      {"reshape",
       {{{0, 6}}},
       [](auto& v) {
         return reshape(v[0], {3, 0});
       },
       {3, 0}},
      {"permute",
       {{{2, 0, 3}}},
       [](auto& v) {
         return permute(v[0], {2, 0, 1});
       },
       {3, 2, 0}},
      {"slice of nothing", {{{4, 3}}}, [](auto& v) { return slice(v[0], 0, 2, 0); }, {0, 3}},
      {"concat", {{{0, 3}, 1}, {{2, 3}, 1}}, [](auto& v) { return concat(v, 0); }, {2, 3}, 1},
      {"convert",
       {{{0, 3}}},
       [](auto& v) { return convert(v[0], v[0].dtype() == DType::f32 ? DType::bf16 : v[0].dtype()); },
       {0, 3}},
      {"sum", {{{0, 3}}}, [](auto& v) { return sum(v[0], {0}); }, {3}},
      {"sum of all", {{{0, 3}}}, [](auto& v) { return sum(v[0]); }, {}},
      {"sum, none kept", {{{0, 3}}}, [](auto& v) { return sum(v[0], {1}); }, {0}},
      {"mean, none kept", {{{0, 3}}}, [](auto& v) { return mean(v[0], {1}); }, {0}},
      {"max, none kept", {{{2, 0, 3}}}, [](auto& v) { return max(v[0], {2}); }, {2, 0}},
      {"softmax", {{{0, 3}}}, [](auto& v) { return softmax(v[0]); }, {0, 3}},
      {"log_softmax", {{{2, 0, 3}}}, [](auto& v) { return log_softmax(v[0]); }, {2, 0, 3}},
      {"linear, no rows",
       {{{0, 4}}, {{3, 4}}, {{3}}},
       [](auto& v) { return linear(v[0], v[1], v[2]); },
       {0, 3}},
      {"linear, no inputs",
       {{{2, 0}}, {{3, 0}}, {{3}, 2}},
       [](auto& v) { return linear(v[0], v[1], v[2]); },
       {2, 3},
       1},
      {"linear, no outputs",
       {{{2, 4}}, {{0, 4}}, {{0}}},
       [](auto& v) { return linear(v[0], v[1], v[2]); },
       {2, 0}},
      {"matmul, sums of nothing", {{{2, 0}}, {{0, 3}}}, [](auto& v) { return matmul(v[0], v[1]); }, {2, 3}},
      {"matmul, no rows", {{{0, 4}}, {{4, 3}}}, [](auto& v) { return matmul(v[0], v[1]); }, {0, 3}},
      {"matmul, no columns",
       {{{2, 4}}, {{0, 4}}},
       [](auto& v) { return matmul(v[0], v[1], {.transpose_b = true}); },
       {2, 0}},
      {"matmul, no products",
       {{{0, 2, 4}}, {{0, 4, 3}}},
       [](auto& v) { return matmul(v[0], v[1]); },
       {0, 2, 3}},
      {"max_pool2d", {{{0, 4, 4, 3}}}, [](auto& v) { return max_pool2d(v[0], 2); }, {0, 2, 2, 3}},
      {"avg_pool2d", {{{0, 4, 4, 3}}}, [](auto& v) { return avg_pool2d(v[0], 2); }, {0, 2, 2, 3}},
      {"max_pool1d, no channels", {{{2, 4, 0}}}, [](auto& v) { return max_pool1d(v[0], 2); }, {2, 2, 0}},
      {"avg_pool1d, no channels", {{{2, 4, 0}}}, [](auto& v) { return avg_pool1d(v[0], 2); }, {2, 2, 0}},
      {"conv2d",
       {{{0, 4, 4, 2}}, {{3, 3, 3, 2}}, {{3}}},
       [](auto& v) { return conv2d(v[0], v[1], v[2], {.padding = 1}); },
       {0, 4, 4, 3}},
      {"conv2d of one channel",
       {{{0, 4, 4, 1}}, {{3, 3, 3, 1}}, {{3}}},
       [](auto& v) { return conv2d(v[0], v[1], v[2]); },
       {0, 2, 2, 3}},
      {"conv1d",
       {{{0, 9, 2}}, {{3, 3, 2}}, {{3}}},
       [](auto& v) { return conv1d(v[0], v[1], v[2]); },
       {0, 7, 3}},
      {"conv2d_relu_pool",
       {{{0, 4, 4, 2}}, {{3, 3, 3, 2}}, {{3}}},
       [](auto& v) { return conv2d_relu_pool(v[0], v[1], v[2], {.padding = 1}, 2); },
       {0, 2, 2, 3}},
  };
  for (const Case& c : cases) check(c, device, dtype);
  const DType parameters = dtype == DType::f64 ? DType::f64 : DType::f32;
  Variables norm = {Variable(Tensor::full({0, 4}, 1, dtype, device), true),
                    Variable(Tensor::full({4}, 1, parameters, device), true),
                    Variable(Tensor::full({4}, 1, parameters, device), true)};
  const Variable y = layer_norm(norm[0], norm[1], norm[2]);
  backward(y, Tensor::full({0, 4}, 1, dtype, device));
  expect_all(norm[0].gradient(), {0, 4}, 0);
  expect_all(norm[1].gradient(), {4}, 0);
  expect_all(norm[2].gradient(), {4}, 0);
}

TEST_P(EmptyTensors, ComputeInEvaluation) {
  const auto [device, dtype] = GetParam();
  const NoGrad inference;
  const auto ones = [&](const Shape& shape) { return Variable(Tensor::full(shape, 1, dtype, device)); };
  expect_all(conv2d_relu_pool(ones({0, 4, 4, 2}), ones({3, 3, 3, 2}), ones({3}), {.padding = 1}, 2).data(),
             {0, 2, 2, 3}, 0);
}

// A sum that is added to stays as it was.
TEST_P(EmptyTensors, AddNothingToGradients) {
  const auto [device, dtype] = GetParam();
  const Variable bias(Tensor::full({5}, 1, dtype, device), true),
      none(Tensor::zeros({0, 5}, dtype, device), true);
  backward(sum(bias));
  backward(add(none, bias), Tensor::zeros({0, 5}, dtype, device));
  expect_all(bias.gradient(), {5}, 1);
}

TEST_P(EmptyTensors, Refuse) {
  const auto [device, dtype] = GetParam();
  const auto ones = [device = device, dtype = dtype](const Shape& shape) {
    return Variable(Tensor::full(shape, 1, dtype, device), true);
  };
  const auto norm = [device = device](const Shape& shape) {
    return Variable(Tensor::full(shape, 1, DType::f32, device), true);
  };
  const Tensor moments = norm({3}).data();
  const BatchStatistics statistics = {moments, moments};
  const RunningStatistics running = {.mean = moments, .var = moments};
  const struct {
    const char* message;
    std::function<void()> call;
  } cases[] = {
      {"[mean] expects at least one element to reduce; x [0, 3]",
       [&] {
         mean(ones({0, 3}), {0});
       }},
      {"[reduce_max] x: expected at least one element to reduce, got [2, 0]",
       [&] {
         max(ones({2, 0}), {1});
       }},
      {"[softmax] x: expected [..., C] with C >= 1, got [3, 0]",
       [&] {
         softmax(ones({3, 0}));
       }},
      {"[layer_norm] x: expected [..., D] with D >= 1, got [3, 0]",
       [&] {
         layer_norm(ones({3, 0}), norm({0}), norm({0}));
       }},
      {"[batch_norm] x: expected at least one value, got [0, 3]",
       [&] {
         batch_norm(ones({0, 3}), statistics, norm({3}), norm({3}));
       }},
      {"[batch_norm] x: expected at least one value, got [0, 3]",
       [&] {
         batch_norm(ones({0, 3}), moments, moments, norm({3}), norm({3}));
       }},
      {"[batch_norm] x: expected at least one value, got [0, 3]",
       [&] {
         batch_statistics(ones({0, 3}).data(), running);
       }},
      {"[bn_relu_pool] x: expected at least one value, got [0, 4, 4, 3]",
       [&] {
         bn_relu_pool(ones({0, 4, 4, 3}), statistics, norm({3}), norm({3}), 2);
       }},
      {"[conv2d_bn_stats] y: expected at least 2 values per channel for statistics, got [0, 2, 2, 3]",
       [&] {
         conv2d_bn_stats(ones({0, 4, 4, 2}), ones({3, 3, 3, 2}), {}, {}, running);
       }},
      {"[conv2d_bn_stats] y: expected at least 2 values per channel for statistics, got [0, 1, 2, 3]",
       [&] {
         conv1d_bn_stats(ones({0, 4, 2}), ones({3, 3, 2}), {}, {}, running);
       }},
      {"[conv2d] x: expected extents of at least 1; x [2, 4, 4, 0]",
       [&] {
         conv2d(ones({2, 4, 4, 0}), ones({3, 3, 3, 0}), {});
       }},
      {"[conv2d] weight: expected extents of at least 1; x [2, 4, 4, 1], weight [0, 3, 3, 1]",
       [&] {
         conv2d(ones({2, 4, 4, 1}), ones({0, 3, 3, 1}), {});
       }},
      {"[conv2d] weight: expected extents of at least 1; x [2, 4, 4, 1], weight [3, 0, 3, 1]",
       [&] {
         conv2d(ones({2, 4, 4, 1}), ones({3, 0, 3, 1}), {});
       }},
      {"[conv1d] x: expected a padded sequence at least as long as the dilated kernel; x [2, 0, 1]",
       [&] {
         conv1d(ones({2, 0, 1}), ones({3, 3, 1}), {});
       }},
      {"[pool] x: expected a map at least as large as the kernel 2x2, got [1, 0, 4, 3]",
       [&] {
         max_pool2d(ones({1, 0, 4, 3}), 2);
       }},
      {"[loss] x: expected [..., C] with elements, got [0, 3]",
       [&] {
         mse(ones({0, 3}), ones({0, 3}).data());
       }},
      {"[cross_entropy] x, target: expected [N, C] with elements",
       [&] {
         cross_entropy(ones({0, 3}), Tensor::zeros({0}, DType::i32));
       }},
  };
  for (const auto& [message, call] : cases)
    EXPECT_THAT(call, testing::ThrowsMessage<ShapeError>(testing::HasSubstr(message)));
}

std::string name_of_case(const testing::TestParamInfo<std::tuple<Device, DType>>& test) {
  const auto [device, dtype] = test.param;
  return concat(test::test_name(device), '_', name_of(dtype));
}

INSTANTIATE_TEST_SUITE_P(Devices, EmptyTensors,
                         testing::Combine(testing::ValuesIn(test::all_devices()),
                                          testing::Values(DType::f32, DType::bf16)),
                         name_of_case);
INSTANTIATE_TEST_SUITE_P(Reference, EmptyTensors, testing::Values(std::tuple(Device{}, DType::f64)),
                         name_of_case);

}  // namespace
}  // namespace sonograd
