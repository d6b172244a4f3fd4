// What the cases of tests/cases/conv2d.cpp do not say: which row a device gets, and what is kept between calls.
#include "kernels/conv2d/conv2d.h"

#include <gtest/gtest.h>

#include "kernels/core/explain.h"
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

// The products of what is stored in bf16 are exact.
TEST(Conv2d, TensorCoresMultiplyBf16InEveryPrecision) {
  for (const Precision precision : {Precision::strict, Precision::tf32, Precision::bf16}) {
    EXPECT_EQ(emulated_row(precision, 227 * 1024, 1, DType::bf16), "mma");
  }
}

// Its float32 copies may lie where those of another weight lay.
TEST(Conv2d, ACacheKeepsNoCopiesOfBf16) {
  WeightCache cache;
  for (std::uint32_t which = 0; which < 3; ++which) {
    const Tensor weight = random_tensor({64, 3, 3, 32}, DType::bf16, which);
    const Conv2dProblem p = Conv2dProblem::make({1, 9, 9, 32}, weight.shape(), {.padding = 1}, DType::bf16);
    const Tensor x = random_tensor(p.input_shape(), DType::bf16);
    const Tensor with = Tensor::empty(p.output_shape(), DType::bf16),
                 without = Tensor::empty(p.output_shape(), DType::bf16);
    conv2d_forward(p, x, weight, {}, set(with), &cache);
    conv2d_forward(p, x, weight, {}, set(without));
    for (std::int64_t i = 0; i < with.numel(); ++i)
      ASSERT_EQ(with.data<bf16>()[i].bits, without.data<bf16>()[i].bits)
          << "weight " << which << ", element " << i;
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
