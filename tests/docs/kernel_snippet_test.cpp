// The kernel of docs/tutorials/write-a-cpu-kernel.md, compiled out of the page, against the reference.
#include <cmath>
#include <gtest/gtest.h>

#include "kernels/core/select.h"
#include "kernels/core/stored.h"
#include "tests/docs/softmax_online.h"
#include "tests/support/random_tensor.h"

namespace sonograd::kernels {
namespace {

TEST(KernelOfTheTutorial, EqualsTheReference) {
  for (const bool log : {false, true}) {
    for (const Shape& shape : {Shape{4, 8, 31}, Shape{3, 20011}, Shape{5, 1}}) {
      for (const Write mode : {Write::kSet, Write::kAdd}) {
        const auto p = SoftmaxProblem::make(shape, log, DType::f32);
        const Tensor x = random_tensor(shape);
        const Tensor expected = Tensor::full(shape, 0.5), actual = Tensor::full(shape, 0.5);
        cpu::softmax_forward_reference.run(p, {x.view(), {expected.view(), mode}}, {}, {});
        cpu::softmax_forward_online.run(p, {x.view(), {actual.view(), mode}}, {}, {});
        for (std::int64_t i = 0; i < shape.numel(); ++i) {
          ASSERT_NEAR(actual.data<float>()[i], expected.data<float>()[i], 5e-6) << shape << " at " << i;
        }
      }
    }
  }
}

// The page runs the parity test of the op, which has cases in both storage types.
TEST(KernelOfTheTutorial, EqualsTheReferenceInBf16) {
  const Shape shape = {4, 8, 31};
  for (const bool log : {false, true}) {
    for (const Write mode : {Write::kSet, Write::kAdd}) {
      const auto p = SoftmaxProblem::make(shape, log, DType::bf16);
      ASSERT_EQ(cpu::softmax_forward_online.why_not(p, {}), nullptr);
      const Tensor x = random_tensor(shape).to(DType::bf16);
      const Tensor expected = Tensor::full(shape, 0.5, DType::bf16),
                   actual = Tensor::full(shape, 0.5, DType::bf16);
      cpu::softmax_forward_reference.run(p, {x.view(), {expected.view(), mode}}, {}, {});
      cpu::softmax_forward_online.run(p, {x.view(), {actual.view(), mode}}, {}, {});
      for (std::int64_t i = 0; i < shape.numel(); ++i) {
        const float value = widen(expected.data<bf16>()[i]);
        ASSERT_NEAR(widen(actual.data<bf16>()[i]), value, std::abs(value) / 128) << "at " << i;
      }
    }
  }
}

TEST(KernelOfTheTutorial, ObjectsToOtherTypes) {
  const auto p = SoftmaxProblem::make({2, 3}, false, DType::f64);
  EXPECT_NE(cpu::softmax_forward_online.why_not(p, {}), nullptr);
}

}  // namespace
}  // namespace sonograd::kernels
