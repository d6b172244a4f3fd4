// Properties of every row of the recurrence, on every device.
#include "kernels/recurrent/recurrent.h"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

#include "kernels/core/context.h"
#include "kernels/core/pins.h"
#include "tests/support/devices.h"
#include "tests/support/random_tensor.h"
#include "tests/support/variants.h"

namespace sonograd::kernels {
namespace {

constexpr std::int64_t kBatch = 2, kSteps = 4;

struct Sequences {
  RecurrentProblem p;
  Tensor gates, weight, bias;

  Sequences(Cell cell, std::int64_t units)
      : p(RecurrentProblem::make(cell, kBatch, kSteps, units, 1)),
        gates(random_tensor(p.gates_shape())),
        weight(random_tensor({p.rows(), units}, DType::f32, 1)),
        bias(random_tensor({p.rows()}, DType::f32, 2)) {}

  // y on the host.
  Tensor run(Device device, const Tensor& lengths = {}) const {
    const Tensor there = gates.to(device), w = weight.to(device), b = bias.to(device);
    const Tensor y = Tensor::empty(p.output_shape(), DType::f32, device);
    const Tensor ends = lengths.defined() ? lengths.to(device) : Tensor();
    recurrent_forward(p, {.gates = {there},
                          .weight_hh = {w},
                          .bias_hh = {b},
                          .lengths = ends.defined() ? ends.view() : View(),
                          .y = y});
    return y.to(Device{});
  }
};

// Calls `check_row(sequences, device)` for both cells and every row that runs them, in the precision that it requires.
template <class Test>
void for_each_row(const Test& check_row) {
  for (const test::VariantOn& row : test::variants_of("recurrent_forward")) {
    int runs = 0;
    for (const std::int64_t units : {20, 40}) {
      for (const Cell cell : {Cell::gru, Cell::lstm}) {
        for (const Precision precision : {Precision::strict, Precision::bf16}) {
          SCOPED_TRACE(concat(row, ' ', name_of(cell), ' ', units));
          const PinScope pin("recurrent_forward", row.name);
          const PrecisionScope scope(precision);
          try {
            check_row(Sequences(cell, units), row.device);
            ++runs;
          } catch (const DeviceError&) {
          }
        }
      }
    }
    EXPECT_GT(runs, 0) << row;
  }
}

TEST(Recurrent, NanReachesEveryLaterStepOfItsSequence) {
  for_each_row([](Sequences sequences, Device device) {
    const RecurrentProblem& p = sequences.p;
    sequences.gates.data<float>()[1 * p.rows() + 3] =
        std::numeric_limits<float>::quiet_NaN();  // step 1, unit 3
    const Tensor y = sequences.run(device);
    for (std::int64_t n = 0; n < kBatch; ++n) {
      for (std::int64_t t = 0; t < kSteps; ++t) {
        const float* step = y.data<float>() + (n * kSteps + t) * p.units;
        for (std::int64_t j = 0; j < p.units; ++j) {
          const bool nan = n == 0 && (t > 1 || (t == 1 && j == 3));
          EXPECT_EQ(std::isnan(step[j]), nan) << n << ' ' << t << ' ' << j;
        }
      }
    }
  });
}

TEST(Recurrent, LengthsOutOfRangeAreTheNearestInRange) {
  const Tensor outside = Tensor::from(std::vector<std::int32_t>{-3, 1000}, {kBatch});
  const Tensor nearest = Tensor::from(std::vector<std::int32_t>{0, kSteps}, {kBatch});
  for_each_row([&](const Sequences& sequences, Device device) {
    const Tensor y = sequences.run(device, outside), expected = sequences.run(device, nearest);
    EXPECT_TRUE(std::ranges::equal(y.span<float>(), expected.span<float>()));
    EXPECT_EQ(y.data<float>()[0], 0.0f);
  });
}

TEST(Recurrent, WrongArgumentsThrow) {
  EXPECT_THAT([] { RecurrentProblem::make(Cell::gru, 1, 0, 4, 1); },
              testing::ThrowsMessage<ShapeError>(testing::HasSubstr(
                  "expected steps and units of at least 1 and 1 or 2 directions, got 0 steps")));
  Sequences sequences(Cell::lstm, 4);
  sequences.bias = Tensor::zeros({15});
  EXPECT_THAT(
      [&] { sequences.run(Device{}); },
      testing::ThrowsMessage<ShapeError>(testing::HasSubstr("[recurrent] bias_hh: expected [16], got [15]")));
  const Tensor lengths = Tensor::zeros({kBatch});
  EXPECT_THAT(
      [&] { Sequences(Cell::gru, 4).run(Device{}, lengths); },
      testing::ThrowsMessage<DTypeError>(testing::HasSubstr("[recurrent] lengths: expected i32, got f32")));
}

}  // namespace
}  // namespace sonograd::kernels
