#include "autograd/tape.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "kernels/copy/copy.h"
#include "kernels/core/profile.h"
#include "tensor/device/arena.h"
#include "tests/support/devices.h"
#include "tests/support/random_tensor.h"

namespace sonograd {
namespace {

Variable leaf(std::vector<float> values) {
  const auto n = static_cast<std::int64_t>(values.size());
  return Variable(Tensor::from(values, {n}), true);
}

TEST(Tape, AccumulatesOverUsesAndCalls) {
  const Variable x = leaf({1, 2, 3});
  backward(sum(add(mul(x, x), x)));  // x^2 + x
  EXPECT_FLOAT_EQ(x.gradient().data<float>()[2], 7);
  backward(sum(x));
  EXPECT_FLOAT_EQ(x.gradient().data<float>()[2], 8);
  x.clear_gradient();
  EXPECT_FALSE(x.gradient().defined());
  backward(sum(x));
  EXPECT_FLOAT_EQ(x.gradient().data<float>()[2], 1);
}

TEST(Tape, TheSameValueTwiceInOneOp) {
  const Variable x = leaf({3});
  const Variable y = scale(x, 2);
  backward(sum(mul(y, y)));
  EXPECT_FLOAT_EQ(x.gradient().data<float>()[0], 24);
}

TEST(Tape, DiamondVisitsEachNodeOnce) {
  const Variable x = leaf({1});
  const Variable a = scale(x, 2), b = scale(a, 3), c = scale(a, 5);
  backward(sum(add(b, c)));
  EXPECT_FLOAT_EQ(x.gradient().data<float>()[0], 16);
}

TEST(Tape, AGraphServesOnce) {
  const Variable x = leaf({1, 2});
  const Variable trunk = scale(x, 2);
  const Variable loss = sum(trunk), other = sum(scale(trunk, 3));
  backward(loss);
  EXPECT_THROW(backward(loss), Error);
  EXPECT_THROW(backward(other), Error) << "the gradient of x would lack its part";
  EXPECT_FLOAT_EQ(x.gradient().data<float>()[0], 2);
}

TEST(Tape, ALeafAsTheRootIsAddedToLikeAnyOther) {
  const Variable x = leaf({1, 2});
  const Tensor seed = Tensor::from(std::vector<float>{5, 7}, {2});
  backward(x, seed);
  backward(x, seed);
  backward(sum(x));
  EXPECT_FLOAT_EQ(x.gradient().data<float>()[1], 15);
}

TEST(Tape, AGradientIsTakenOnce) {
  const Variable x = leaf({1, 2});
  const auto take_twice = [](const Tensor& dy, Gradients dx) {
    kernels::copy(dy, dx[0].take());
    kernels::copy(dy, dx[0].take());
  };
  EXPECT_THROW(backward(sum(record("twice", {x}, x.data(), take_twice))), Error);
  const Variable y = leaf({1, 2});
  const auto take_both = [](const Tensor& dy, Gradients dx) {
    kernels::copy(dy, dx[0].take());
    kernels::copy(dy, dx[1].take());
  };
  backward(sum(record("both", {y, y}, y.data(), take_both)));
  EXPECT_FLOAT_EQ(y.gradient().data<float>()[1], 2);
}

TEST(Tape, GradientsOfLeavesStayWhereTheyAre) {
  const Variable x = leaf({1, 2, 3});
  std::vector<const float*> places;
  for (int step = 0; step < 3; ++step) {
    Arena arena({}, 1 << 16);
    const ArenaScope scope(arena);
    backward(sum(scale(x, 4)));
    places.push_back(x.gradient().data<float>());
    EXPECT_FLOAT_EQ(x.gradient().data<float>()[1], 4);
    x.clear_gradient();
  }
  EXPECT_EQ(places[0], places[1]);
  EXPECT_EQ(places[0], places[2]);
}

TEST(Tape, NothingIsUploadedForTheSeed) {
  for (const Device device : test::all_devices()) {
    const Variable x(random_tensor({3}).to(device), true);
    const Variable loss = sum(x);
    kernels::start_profile();
    backward(loss);
    const kernels::Profile profile = kernels::finish_profile();
    EXPECT_EQ(std::ranges::count(profile.sums, "fill",
                                 [](const auto& sum) {
                                   return sum.label.kind == kernels::RangeKind::op ? sum.label.name : "";
                                 }),
              1)
        << device;
    EXPECT_FLOAT_EQ(x.gradient().to(Device{}).data<float>()[2], 1);
  }
}

TEST(Tape, NoGradRecordsNothing) {
  const Variable x = leaf({1});
  const NoGrad no_grad;
  EXPECT_FALSE(relu(x).requires_grad());
}

TEST(Tape, GradientOfOneLeafMakesAllOthersConstants) {
  const Variable x = leaf({2}), w = leaf({3});
  {
    const GradientOf only_x(x);
    backward(mul(x, mul(w, w)));  // w * w depends on constants alone
  }
  EXPECT_DOUBLE_EQ(x.gradient().item(), 9);
  EXPECT_FALSE(w.gradient().defined());
  backward(mul(x, w));
  EXPECT_DOUBLE_EQ(w.gradient().item(), 2) << "the scope has ended";
}

TEST(Tape, WithoutASeedTheRootIsOneNumber) {
  const Variable x = leaf({1, 2});
  EXPECT_THROW(backward(relu(x)), ShapeError);
  EXPECT_THROW(backward(Variable(Tensor::zeros({}))), Error);
}

TEST(Tape, GradientsOfLeavesOutliveTheArena) {
  const Variable x = leaf({1, 2, 3});
  {
    Arena arena({}, 1 << 16);
    const ArenaScope scope(arena);
    backward(sum(scale(x, 4)));
    EXPECT_EQ(arena.used(), 0u) << "the graph keeps memory after backward";
  }
  EXPECT_FLOAT_EQ(x.gradient().data<float>()[1], 4);
}

TEST(Tape, ValuesThatNoOpSavesAreFreedOnTheWay) {
  Arena arena({}, 1 << 20);
  const ArenaScope scope(arena);
  const Variable x(random_tensor({1 << 14}), true);
  Variable y = x;
  for (int i = 0; i < 10; ++i) y = scale(y, 1.01);  // its gradient needs neither input nor output
  EXPECT_LE(arena.peak(), 4u * (1 << 14) * sizeof(float) + (1 << 14) * sizeof(double));
}

}  // namespace
}  // namespace sonograd
