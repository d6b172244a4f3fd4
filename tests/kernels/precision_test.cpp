// [threads] One source of precision: kernels get the precision with which their call starts, on each thread for itself.
#include <array>
#include <gtest/gtest.h>
#include <latch>
#include <thread>

#include "kernels/conv2d/conv2d.h"
#include "kernels/core/select.h"
#include "tests/support/random_tensor.h"

namespace sonograd::kernels {
namespace {

// The emulated device, whose kernels differ by precision, or the CPU in builds without it.
constexpr Device kDevice{SONOGRAD_HAS_EMULATOR ? DeviceKind::emulated : DeviceKind::cpu, 0};
constexpr std::array kAll = {Precision::strict, Precision::tf32, Precision::bf16};

// A convolution on tensor cores where the precision allows them.
Tensor product_of_maps() {
  const Tensor x = random_tensor({1, 20, 20, 16}).to(kDevice),
               w = random_tensor({32, 3, 3, 16}, DType::f32, 1).to(kDevice);
  const auto p = Conv2dProblem::make(x.shape(), w.shape(), {.padding = 1});
  const Tensor y = Tensor::empty(p.output_shape(), DType::f32, kDevice);
  conv2d_forward(p, x, w, {}, set(y));
  return y.to(Device{});
}

bool same_values(const Tensor& a, const Tensor& b) {
  return std::ranges::equal(a.span<float>(), b.span<float>());
}

std::array<Tensor, 3> one_after_the_other() {
  std::array<Tensor, 3> results;
  for (std::size_t i = 0; i < kAll.size(); ++i) {
    const PrecisionScope scope(kAll[i]);
    results[i] = product_of_maps();
  }
  return results;
}

TEST(Precision, ScopesNestAndEnd) {
  EXPECT_EQ(precision(), Precision::strict);
  {
    const PrecisionScope outer(Precision::tf32);
    {
      const PrecisionScope inner(Precision::bf16);
      EXPECT_EQ(precision(), Precision::bf16);
    }
    EXPECT_EQ(precision(), Precision::tf32);
  }
  EXPECT_EQ(precision(), Precision::strict);
}

#if SONOGRAD_HAS_EMULATOR
TEST(Precision, EachChangesTheResult) {
  const auto results = one_after_the_other();
  EXPECT_FALSE(same_values(results[0], results[1]));
  EXPECT_FALSE(same_values(results[1], results[2]));
}
#endif

// All three at the same time, and a setting of the process that none of them uses.
TEST(Precision, ThreadsHaveTheirOwn) {
  const auto expected = one_after_the_other();
  std::array<Tensor, 3> results;
  std::latch together(std::ssize(kAll));
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < kAll.size(); ++i) {
      threads.emplace_back([&, i] {
        const PrecisionScope scope(kAll[i]);
        together.arrive_and_wait();
        set_precision(kAll[(i + 1) % kAll.size()]);
        results[i] = product_of_maps();
      });
    }
  }
  set_precision(Precision::strict);
  for (std::size_t i = 0; i < kAll.size(); ++i)
    EXPECT_TRUE(same_values(results[i], expected[i])) << name_of(kAll[i]);
}

// An op whose one row calls another one.
struct Outer {
  static constexpr std::string_view name = "outer";
  struct Problem {
    double flops() const { return 0; }
    double bytes() const { return 0; }
    std::string summary() const { return ""; }
  };
  struct Args {
    Precision& seen;
  };
};

TEST(Precision, AVariantRunsInThatOfItsContext) {
  constexpr KernelVariant<Outer> row = {
      .name = "composed", .run = [](const auto&, const Outer::Args& args, const Context&, Workspace) {
        args.seen = precision();
      }};
  Precision seen = Precision::strict;
  run_variant<Outer>(row, {}, {seen}, {Device{}, Precision::bf16});
  EXPECT_EQ(seen, Precision::bf16) << "the ops inside have it from here";
  EXPECT_EQ(precision(), Precision::strict);
}

}  // namespace
}  // namespace sonograd::kernels
