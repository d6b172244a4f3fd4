// GRU and LSTM layers against torch.nn.GRU and torch.nn.LSTM (tests/golden/make_recurrent.py): outputs, final states and all
// gradients, on every device.
#include "layers/recurrent.h"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "autograd/ops/binary.h"
#include "autograd/ops/reduce.h"
#include "autograd/tape.h"
#include "tests/models/lcg.h"
#include "tests/support/devices.h"
#include "tests/support/files.h"

namespace sonograd::layers {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kBatch = 3, kSteps = 7, kInputs = 5, kUnits = 4;

Tensor generated(test::Lcg& lcg, const Shape& shape, float factor = 1) {
  const Tensor tensor = Tensor::empty(shape);
  for (float& value : tensor.span<float>()) value = factor * static_cast<float>(lcg.next());
  return tensor;
}

Json golden_cases() {
  std::ifstream file(test::golden_path("recurrent.json"));
  return Json::parse(file).at("cases");
}

void expect_near(const Json& expected, const Tensor& actual, const std::string& what) {
  const Tensor values = actual.to(Device{});
  ASSERT_EQ(expected.size(), static_cast<std::size_t>(values.numel())) << what;
  double largest = 1;
  for (const Json& value : expected) largest = std::max(largest, std::abs(value.get<double>()));
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(values.span<float>()[i], expected[i].get<double>(), 3e-6 * largest) << what << ' ' << i;
}

class RecurrentGolden : public testing::TestWithParam<std::tuple<Json, Device>> {};

TEST_P(RecurrentGolden, OutputsAndGradients) {
  const auto& [golden, device] = GetParam();
  const Cell cell = golden.at("cell") == "gru" ? Cell::gru : Cell::lstm;
  const bool lstm = cell == Cell::lstm, bidirectional = golden.at("bidirectional").get<bool>();
  const auto layers = golden.at("layers").get<std::int64_t>();
  Recurrent layer(cell, kInputs, kUnits, {.layers = layers, .bidirectional = bidirectional});
  test::Lcg lcg(5);
  for (const StateEntry& entry : layer.state())
    entry.tensor.copy_from(generated(lcg, entry.tensor.shape(), 2));
  layer.to(device);
  const auto input = [&](const Shape& shape, float factor = 1) {
    return Variable(generated(lcg, shape, factor).to(device), true);
  };
  const Shape states = {layers * (bidirectional ? 2 : 1), kBatch, kUnits};
  const Variable x = input({kBatch, kSteps, kInputs}, 4), h0 = input(states), c0 = input(states);
  Recurrent::Bounds bounds = {.h0 = h0, .c0 = lstm ? c0 : Variable(), .final_states = true};
  if (!golden.at("lengths").is_null()) {
    const auto lengths = golden.at("lengths").get<std::vector<std::int64_t>>();
    bounds.lengths = sequence_lengths(lengths, kSteps, device);
  }
  const RecurrentOutput output = layer.forward(x, bounds);
  const auto projected = [&](const Variable& v) {
    return sum(mul(v, Variable(generated(lcg, v.shape()).to(device))));
  };
  const Variable of_y = projected(output.y),
                 of_h = projected(output.h_n);  // in this order: each draws its weights
  Variable loss = add(of_y, of_h);
  if (lstm) loss = add(loss, projected(output.c_n));
  backward(loss);

  expect_near(golden.at("y"), output.y.data(), "y");
  expect_near(golden.at("h_n"), output.h_n.data(), "h_n");
  expect_near(golden.at("dx"), x.gradient(), "dx");
  expect_near(golden.at("dh0"), h0.gradient(), "dh0");
  if (lstm) {
    expect_near(golden.at("c_n"), output.c_n.data(), "c_n");
    expect_near(golden.at("dc0"), c0.gradient(), "dc0");
  }
  ASSERT_EQ(layer.state().size(), golden.at("parameters").size());
  for (const StateEntry& entry : layer.state())
    expect_near(golden.at("parameters").at(entry.name), entry.parameter->gradient(), entry.name);
}

std::string name_of_golden(const testing::TestParamInfo<RecurrentGolden::ParamType>& info) {
  const auto& [golden, device] = info.param;
  return concat(golden.at("cell").get<std::string>(), golden.at("layers").get<int>(), "_layers",
                golden.at("bidirectional").get<bool>() ? "_both" : "",
                golden.at("lengths").is_null() ? "" : "_lengths", '_', test::test_name(device));
}

INSTANTIATE_TEST_SUITE_P(Torch, RecurrentGolden,
                         testing::Combine(testing::ValuesIn(golden_cases()),
                                          testing::ValuesIn(test::all_devices())),
                         name_of_golden);

TEST(Recurrent, ForwardIsTheOutputWithoutStates) {
  const Gru gru(kInputs, kUnits, {.layers = 2, .bidirectional = true});
  test::Lcg lcg(1);
  const Variable x(generated(lcg, {kBatch, kSteps, kInputs}));
  const Tensor y = gru.forward(x).data(), same = gru.forward(x, {.final_states = true}).y.data();
  EXPECT_EQ(y.shape(), (Shape{kBatch, kSteps, 2 * kUnits}));
  EXPECT_TRUE(std::ranges::equal(y.span<float>(), same.span<float>()));
}

TEST(Recurrent, DropoutIsBetweenLayersInTrainingOnly) {
  Lstm two(kInputs, kUnits, {.layers = 2, .dropout = 0.5}), one(kInputs, kUnits, {.dropout = 0.5});
  test::Lcg lcg(1);
  const Variable x(generated(lcg, {kBatch, kSteps, kInputs}));
  for (Recurrent* layer : std::initializer_list<Recurrent*>{&one, &two}) {
    layer->train(true);
    const Tensor first = layer->forward(x).data(), second = layer->forward(x).data();
    EXPECT_EQ(std::ranges::equal(first.span<float>(), second.span<float>()), layer == &one);
    layer->train(false);
    const Tensor third = layer->forward(x).data(), fourth = layer->forward(x).data();
    EXPECT_TRUE(std::ranges::equal(third.span<float>(), fourth.span<float>()));
  }
}

TEST(Recurrent, WrongOptionsThrow) {
  EXPECT_THAT([] { Gru(3, 0); }, testing::ThrowsMessage<ConfigError>(
                                     testing::HasSubstr("[gru] units: expected at least 1, got 0")));
  EXPECT_THAT([] { Lstm(3, 4, {.layers = 0}); },
              testing::ThrowsMessage<ConfigError>(testing::HasSubstr("[lstm] layers: expected at least 1")));
  EXPECT_THAT([] { Lstm(3, 4, {.dropout = 1}); },
              testing::ThrowsMessage<ConfigError>(testing::HasSubstr("[lstm] dropout: expected a number")));
}

}  // namespace
}  // namespace sonograd::layers
