// Beside the cases of tests/cases/conv2d.cpp: the row that a device gets, and weights that are kept between calls.
#include "kernels/conv2d/conv2d.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <gtest/gtest.h>

#include "kernels/core/explain.h"
#include "kernels/core/profile.h"
#include "kernels/core/select.h"
#include "tensor/device/emulated.h"
#include "tests/support/random_tensor.h"

namespace sonograd::kernels {
namespace {

// The row that a convolution in `precision` gets on an emulated device whose blocks have so much shared memory.
std::string_view emulated_row(Precision precision, std::size_t shared_memory, std::int64_t stride,
                              DType dtype = DType::f32) {
  const EmulatorScope emulator({.shared_memory = shared_memory});
  const Conv2dProblem p =
      Conv2dProblem::make({1, 40, 40, 64}, {128, 3, 3, 64}, {.stride = stride, .padding = 1}, dtype);
  const Device device{DeviceKind::emulated, 0};
  const auto there = [&](const Shape& shape) { return Tensor::zeros(shape, dtype, device); };
  const PrecisionScope ambient(precision);
  const ExplainScope scope;
  conv2d_forward(p, there(p.input_shape()), there(p.weight_shape()), {}, set(there(p.output_shape())));
  return scope.calls().at(0).chosen;
}

TEST(Conv2d, TensorCoresWhereThePatchFitsTheDevice) {
  constexpr std::size_t kH100 = 227 * 1024, kA100 = 163 * 1024;
  EXPECT_EQ(emulated_row(Precision::tf32, kH100, 2), "mma");
  EXPECT_EQ(emulated_row(Precision::tf32, kA100, 2), "tiled");
  EXPECT_EQ(emulated_row(Precision::tf32, kA100, 1), "mma");
  EXPECT_EQ(emulated_row(Precision::strict, kH100, 2), "tiled");
}

// Products of values that are stored in bf16 are exact.
TEST(Conv2d, TensorCoresMultiplyBf16InEveryPrecision) {
  for (const Precision precision : {Precision::strict, Precision::tf32, Precision::bf16}) {
    EXPECT_EQ(emulated_row(precision, 227 * 1024, 1, DType::bf16), "mma");
  }
}

std::int64_t copies_of(const std::function<void()>& call) {
  start_profile();
  call();
  return std::ranges::count_if(finish_profile().events, [](const ProfileEvent& event) {
    return event.label.kind == RangeKind::op && event.label.name == "copy";
  });
}

// Beside x and y, which are new in each call, the first call converts weight and bias.
TEST(Conv2d, ACacheKeepsTheFloat32OfBf16) {
  const PinScope pin("conv2d_forward", "onednn");
  WeightCache cache;
  const Tensor weights[] = {random_tensor({64, 3, 3, 32}, DType::bf16),
                            random_tensor({64, 3, 3, 32}, DType::bf16, 1)};
  const Tensor bias = random_tensor({64}, DType::bf16, 2);
  const Conv2dProblem p = Conv2dProblem::make({1, 9, 9, 32}, {64, 3, 3, 32}, {.padding = 1}, DType::bf16);
  const Tensor x = random_tensor(p.input_shape(), DType::bf16);
  const auto run = [&](const Tensor& weight, WeightCache* kept) {
    const Tensor y = Tensor::empty(p.output_shape(), DType::bf16);
    conv2d_forward(p, x, weight, bias, set(y), kept);
    return y;
  };
  EXPECT_EQ(copies_of([&] { run(weights[0], nullptr); }), 4);
  EXPECT_EQ(copies_of([&] { run(weights[0], &cache); }), 4);
  EXPECT_EQ(copies_of([&] { run(weights[0], &cache); }), 2);
  EXPECT_EQ(copies_of([&] { run(weights[1], &cache); }), 3) << "the bias is there";
  for (const Tensor& weight : weights) {
    const Tensor with = run(weight, &cache), without = run(weight, nullptr);
    EXPECT_EQ(std::memcmp(with.data<bf16>(), without.data<bf16>(), with.bytes()), 0);
  }
}

TEST(Conv2d, OneCacheServesEveryBatchAndVariant) {
  const Tensor weight = random_tensor({64, 3, 3, 32});
  WeightCache cache;
  for (const std::int64_t batch : {1, 7, 16, 2, 16}) {
    for (const std::int64_t extent : {5, 40}) {
      const Conv2dProblem p =
          Conv2dProblem::make({batch, extent, extent, 32}, weight.shape(), {.padding = 1});
      const Tensor x = random_tensor(p.input_shape());
      const Tensor with = Tensor::empty(p.output_shape(), DType::f32),
                   without = Tensor::empty(p.output_shape(), DType::f32);
      conv2d_forward(p, x, weight, {}, set(with), &cache);
      conv2d_forward(p, x, weight, {}, set(without));
      EXPECT_TRUE(std::ranges::equal(with.span<float>(), without.span<float>())) << p.summary();
    }
  }
}

// Other strides and other axes have layouts of their own.
TEST(Conv2d, OneCacheServesEveryStride) {
  const auto expect_equal = [](const Conv2dProblem& p, const Tensor& weight, WeightCache& cache) {
    const Tensor x = random_tensor(p.input_shape());
    const Tensor with = Tensor::empty(p.output_shape()), without = Tensor::empty(p.output_shape());
    conv2d_forward(p, x, weight, {}, set(with), &cache);
    conv2d_forward(p, x, weight, {}, set(without));
    EXPECT_TRUE(std::ranges::equal(with.span<float>(), without.span<float>())) << p.summary();
  };
  const Tensor weight = random_tensor({64, 3, 3, 32}), lines = random_tensor({32, 1, 7, 256});
  WeightCache cache;
  for (const Pair stride : {Pair(1, 1), Pair(2, 2), Pair(1, 2), Pair(2, 1), Pair(1, 1)}) {
    expect_equal(Conv2dProblem::make({1, 80, 80, 32}, weight.shape(), {.stride = stride, .padding = 1}),
                 weight, cache);
  }
  for (const std::int64_t length : {40, 300})
    expect_equal(Conv2dProblem::make({1, 1, length, 256}, lines.shape(), {}), lines, cache);
}

TEST(Conv2d, OperandsOnSeveralDevicesAreAnError) {
  const Conv2dProblem p = Conv2dProblem::make({1, 4, 4, 2}, {3, 3, 3, 2}, {});
  const Tensor x = random_tensor(p.input_shape()), weight = random_tensor(p.weight_shape());
  const Tensor y = Tensor::empty(p.output_shape(), DType::f32);
  try {
    conv2d_forward(p, x, weight.to(Device{DeviceKind::emulated, 0}), {}, set(y));
    FAIL() << "the weight is elsewhere";
  } catch (const DeviceError& error) {
    EXPECT_STREQ(
        error.what(),
        "[conv2d_forward] expected all operands on one device, got [1, 4, 4, 2] on cpu and [3, 3, 3, "
        "2] on emulated");
  }
}

}  // namespace
}  // namespace sonograd::kernels
