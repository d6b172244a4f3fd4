#include "kernels/gemm/gemm.h"

#include <gtest/gtest.h>

#include "tests/support/dot.h"
#include "tests/support/random_tensor.h"

namespace sonograd::kernels {
namespace {

TEST(Gemm, BothGradientsAreAdjoints) {
  const Tensor a = random_tensor({7, 5}), b = random_tensor({5, 3}, DType::f32, 1),
               dc = random_tensor({7, 3}, DType::f32, 2);
  const Tensor c = Tensor::empty({7, 3}), da = Tensor::empty({7, 5}), db = Tensor::empty({5, 3});
  gemm(a, b, set(c));
  gemm(dc, b, set(da), {.transpose_b = true});
  gemm(a, dc, set(db), {.transpose_a = true});
  EXPECT_NEAR(dot(c, dc), dot(a, da), 1e-5);
  EXPECT_NEAR(dot(c, dc), dot(b, db), 1e-5);
}

TEST(Gemm, IsLinear) {
  const Tensor a = random_tensor({4, 6}), b = random_tensor({6, 5}, DType::f32, 1),
               twice = Tensor::empty({6, 5});
  for (std::int64_t i = 0; i < b.numel(); ++i) twice.data<float>()[i] = 2 * b.data<float>()[i];
  const Tensor expected = Tensor::empty({4, 5}), actual = Tensor::empty({4, 5});
  gemm(a, b, set(expected));
  gemm(a, b, add_to(expected));
  gemm(a, twice, set(actual));
  for (std::int64_t i = 0; i < actual.numel(); ++i) {
    EXPECT_NEAR(actual.data<float>()[i], expected.data<float>()[i], 1e-5);
  }
}

}  // namespace
}  // namespace sonograd::kernels
