#include <algorithm>
#include <gtest/gtest.h>

#include "autograd/gradient_check.h"
#include "autograd/ops/bn_relu_pool.h"
#include "autograd/ops/pool.h"
#include "autograd/tape.h"
#include "kernels/core/select.h"
#include "kernels/fused/bn_relu_pool/bn_relu_pool.h"
#include "tensor/random.h"

namespace sonograd {
namespace {

Tensor uniform(const Shape& shape, double low, double high, DType dtype) {
  Random random({.seed = 5, .example = static_cast<std::uint32_t>(shape.numel())});
  const Tensor host = Tensor::empty(shape, DType::f64);
  for (double& value : host.span<double>())
    value = low + (high - low) * static_cast<double>(random.uniform());
  return host.to(dtype);
}

TEST(BnReluPoolGradient, MatchesDifferences) {
  for (const kernels::Pair pool : {kernels::Pair(1), kernels::Pair(2, 3)}) {
    const auto f = [&](const std::vector<Variable>& v) {
      return bn_relu_pool(v[0], batch_statistics(v[0].data(), {}), v[1], v[2], pool);
    };
    EXPECT_LE(gradient_error(f, {uniform({2, 5, 7, 3}, -1, 1, DType::f64), uniform({3}, -2, 2, DType::f64),
                                 uniform({3}, -0.5, 0.5, DType::f64)}),
              1e-6);
  }
}

// Both backward rows must read the saved index of both forward rows.
TEST(BnReluPool, RowsSaveTheSameIndex) {
  const auto p = kernels::BnReluPoolProblem::make({2, 9, 10, 67}, {2, 3});
  const Tensor x = uniform(p.input_shape(), -1, 1, DType::f32), mean = uniform({67}, -0.9, 0.9, DType::f32);
  const Tensor weight = uniform({67}, -1, 1, DType::f32), inv_std = Tensor::full({67}, 1.5);
  const Tensor bias = uniform({67}, -2, 0, DType::f32);
  const auto index_of = [&](std::string_view variant) {
    const kernels::PinScope pin("bn_relu_pool_forward", variant);
    const Tensor y = Tensor::empty(p.output_shape()), index = Tensor::empty(p.output_shape(), DType::u8);
    kernels::bn_relu_pool_forward(p, x, mean, inv_std, weight, bias, set(y), index);
    for (std::int64_t i = 0; i < y.numel(); ++i) {
      EXPECT_EQ(y.data<float>()[i] == 0, index.data<std::uint8_t>()[i] == kernels::kNoMaximum);
    }
    return index;
  };
  const Tensor composed = index_of("composed"), one_pass = index_of("one_pass");
  EXPECT_TRUE(std::ranges::equal(composed.span<std::uint8_t>(), one_pass.span<std::uint8_t>()));
}

}  // namespace
}  // namespace sonograd
