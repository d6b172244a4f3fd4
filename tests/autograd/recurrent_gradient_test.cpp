#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autograd/gradient_check.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/recurrent.h"
#include "autograd/tape.h"
#include "tests/support/random_tensor.h"

namespace sonograd {
namespace {

constexpr std::int64_t kBatch = 3, kSteps = 4, kInputs = 5, kUnits = 2;

// Inputs: x, four parameters of each direction, h0 and, for LSTM, c0.
std::vector<Tensor> recurrent_inputs(Cell cell, std::int64_t directions) {
  const std::int64_t rows = kernels::gates_of(cell) * kUnits;
  std::vector<Shape> shapes = {{kBatch, kSteps, kInputs}};
  for (std::int64_t d = 0; d < directions; ++d)
    shapes.insert(shapes.end(), {{rows, kInputs}, {rows, kUnits}, {rows}, {rows}});
  shapes.insert(shapes.end(), cell == Cell::lstm ? 2 : 1, {directions, kBatch, kUnits});
  std::vector<Tensor> tensors;
  for (std::size_t i = 0; i < shapes.size(); ++i)
    tensors.push_back(random_tensor(shapes[i], DType::f64, static_cast<std::uint32_t>(i)));
  return tensors;
}

RecurrentOutput run_recurrent(Cell cell, std::size_t directions, const std::vector<Variable>& v,
                              RecurrentBounds bounds) {
  std::vector<RecurrentParameters> parameters;
  for (std::size_t d = 0; d < directions; ++d)
    parameters.push_back({v[1 + 4 * d], v[2 + 4 * d], v[3 + 4 * d], v[4 + 4 * d]});
  bounds.h0 = v[1 + 4 * directions];
  if (cell == Cell::lstm) bounds.c0 = v[2 + 4 * directions];
  return recurrent(cell, v[0], parameters, bounds);
}

// The states as one value that depends on y, h_n and c_n at once.
Variable everything(const RecurrentOutput& output) {
  const auto flat = [](const Variable& v) { return reshape(v, {v.data().numel()}); };
  std::vector<Variable> parts = {flat(output.y), flat(output.h_n)};
  if (output.c_n.defined()) parts.push_back(flat(output.c_n));
  return concat(parts, 0);
}

TEST(RecurrentGradient, OutputsOfBothCells) {
  for (const Cell cell : {Cell::gru, Cell::lstm}) {
    for (const std::size_t directions : {1u, 2u}) {
      const auto outputs = [&](const auto& v) { return run_recurrent(cell, directions, v, {}).y; };
      EXPECT_LE(gradient_error(outputs, recurrent_inputs(cell, static_cast<std::int64_t>(directions))), 1e-6)
          << kernels::name_of(cell) << ' ' << directions;
    }
  }
}

TEST(RecurrentGradient, FinalStatesAndLengths) {
  const std::vector<std::int64_t> lengths = {2, 4, 1};
  for (const Cell cell : {Cell::gru, Cell::lstm}) {
    for (const std::size_t directions : {1u, 2u}) {
      for (const bool with_lengths : {false, true}) {
        const auto outputs = [&](const auto& v) {
          RecurrentBounds bounds;
          bounds.final_states = true;
          if (with_lengths) bounds.lengths = sequence_lengths(lengths, kSteps, Device{});
          return everything(run_recurrent(cell, directions, v, bounds));
        };
        EXPECT_LE(gradient_error(outputs, recurrent_inputs(cell, static_cast<std::int64_t>(directions))),
                  1e-6)
            << kernels::name_of(cell) << ' ' << directions << ' ' << with_lengths;
      }
    }
  }
}

// The gradient of a final state reaches the parameters when nothing reads y.
TEST(RecurrentGradient, OfOneFinalStateAlone) {
  for (const bool cell_state : {false, true}) {
    const auto state = [&](const auto& v) {
      RecurrentBounds bounds;
      bounds.final_states = true;
      const RecurrentOutput output = run_recurrent(Cell::lstm, 2, v, bounds);
      return cell_state ? output.c_n : output.h_n;
    };
    EXPECT_LE(gradient_error(state, recurrent_inputs(Cell::lstm, 2)), 1e-6) << cell_state;
  }
}

// Inputs behind the end of a sequence have no influence, and their gradient is zero.
TEST(Recurrent, StepsBehindASequenceDoNotCount) {
  for (const Cell cell : {Cell::gru, Cell::lstm}) {
    std::vector<Tensor> inputs;
    for (const Tensor& tensor : recurrent_inputs(cell, 2)) inputs.push_back(tensor.to(DType::f32));
    const std::vector<std::int64_t> lengths = {2, 4, 1};
    const auto run = [&](float behind) {
      Tensor x = inputs[0].clone();
      for (std::int64_t n = 0; n < kBatch; ++n) {
        for (std::int64_t i = lengths[static_cast<std::size_t>(n)] * kInputs; i < kSteps * kInputs; ++i)
          x.data<float>()[n * kSteps * kInputs + i] = behind;
      }
      std::vector<Variable> variables = {Variable(x, true)};
      for (std::size_t i = 1; i < inputs.size(); ++i) variables.emplace_back(inputs[i], true);
      RecurrentBounds bounds;
      bounds.lengths = sequence_lengths(lengths, kSteps, Device{});
      const Variable y = run_recurrent(cell, 2, variables, bounds).y;
      backward(y, Tensor::full(y.shape(), 1));
      std::vector<float> results;
      for (const float value : y.data().span<float>()) results.push_back(value);
      for (const Variable& v : variables)
        for (const float value : v.gradient().template span<float>()) results.push_back(value);
      return results;
    };
    const std::vector<float> zero = run(0), other = run(100);
    EXPECT_EQ(zero, other);
    EXPECT_EQ(zero[2 * 2 * kUnits], 0.0f) << "the third step of a sequence of two";
  }
}

TEST(Recurrent, WrongArgumentsThrow) {
  const std::vector<std::int64_t> lengths = {1, 5};
  EXPECT_THAT([&] { sequence_lengths(lengths, 4, Device{}); },
              testing::ThrowsMessage<ShapeError>(
                  testing::HasSubstr("[recurrent] lengths: expected 1 to 4 steps, got 5")));
  std::vector<Variable> inputs;
  for (const Tensor& tensor : recurrent_inputs(Cell::gru, 1)) inputs.emplace_back(tensor);
  inputs[2] = Variable(Tensor::zeros({6, 3}, DType::f64));
  EXPECT_THAT(
      [&] { run_recurrent(Cell::gru, 1, inputs, {}); },
      testing::ThrowsMessage<ShapeError>(testing::HasSubstr("[recurrent] expected weight_ih [9, 5]")));
  EXPECT_THAT(
      [&] {
        recurrent(Cell::gru, Variable(Tensor::zeros({2, 3})), {}, {});
      },
      testing::ThrowsMessage<ShapeError>(testing::HasSubstr("x: expected [N, T, I], got [2, 3]")));
  RecurrentBounds bounds;
  bounds.c0 = Variable(Tensor::zeros({1, kBatch, kUnits}, DType::f64));
  std::vector<Variable> right;
  for (const Tensor& tensor : recurrent_inputs(Cell::gru, 1)) right.emplace_back(tensor);
  const std::vector<RecurrentParameters> parameters = {{right[1], right[2], right[3], right[4]}};
  EXPECT_THAT(
      [&] { recurrent(Cell::gru, right[0], parameters, bounds); },
      testing::ThrowsMessage<ShapeError>(testing::HasSubstr("[recurrent] c0: GRU has no cell state")));
}

}  // namespace
}  // namespace sonograd
