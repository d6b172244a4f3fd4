// Attention by products, with those of gemm in the place of a library's.
#include <cmath>
#include <gmock/gmock.h>

#include "kernels/copy/copy.h"
#include "kernels/vendor/attention_products.h"
#include "kernels/vendor/attention_steps.h"
#include "tests/support/random_tensor.h"

namespace sonograd::kernels {
namespace {

constexpr Device kStepsDevice = {DeviceKind::emulated, 0};
constexpr std::int64_t kStepExamples = 2, kStepQueries = 5, kStepKeys = 37, kStepHeads = 3, kStepSize = 4;

// Products in float32: bf16 operands are widened. c is replaced, or added to, in its own type.
void multiply_wide(const View& a, const View& b, const Out& c, const GemmOptions& options) {
  const auto wide = [](const View& view) {
    const Tensor tensor = Tensor::empty(view.shape, DType::f32, view.device);
    copy(view, set(tensor));
    return tensor;
  };
  const Tensor product = Tensor::empty(c.view.shape, DType::f32, c.view.device);
  gemm(wide(a), wide(b), set(product), options);
  copy(product, c);
}

struct ByProducts {
  AttentionProblem p;
  Tensor q, k, v, dy, bias;

  ByProducts(DType dtype, float dropout) {
    const Shape like_q = {kStepExamples, kStepQueries, kStepHeads * kStepSize};
    const Shape like_k = {kStepExamples, kStepKeys, kStepHeads * kStepSize};
    AttentionOptions options = {.heads = kStepHeads, .scale = 0.7f, .dropout = dropout};
    options.key = {.seed = 7, .step = 2, .example = 1, .stream = RandomStream::dropout};
    p = AttentionProblem::make(like_q, like_k, options, false, true, dtype);
    const auto random = [&](const Shape& shape, std::uint32_t which) {
      return random_tensor(shape, dtype, which).to(kStepsDevice);
    };
    q = random(like_q, 0), k = random(like_k, 1), v = random(like_k, 2), dy = random(like_q, 3);
    Tensor host = random_tensor({kStepQueries, kStepKeys}, DType::f32, 4);
    host.data<float>()[3] = -INFINITY;                                      // one key of a query
    std::fill_n(host.data<float>() + 2 * kStepKeys, kStepKeys, -INFINITY);  // all keys of another
    bias = host.to(kStepsDevice);
  }

  Tensor like(const Tensor& tensor, float value) const {
    return Tensor::full(tensor.shape(), value, tensor.dtype(), kStepsDevice);
  }
};

void expect_near(const Tensor& actual, const Tensor& expected, float tolerance) {
  const Tensor a = actual.to(Device{}).to(DType::f32), b = expected.to(Device{}).to(DType::f32);
  for (std::int64_t i = 0; i < a.numel(); ++i)
    ASSERT_NEAR(a.data<float>()[i], b.data<float>()[i], tolerance) << "element " << i;
}

// Scratch memory of a row, filled with NaN.
class Scratch {
 public:
  explicit Scratch(std::size_t bytes)
      : memory_(Tensor::full({static_cast<std::int64_t>(bytes / sizeof(float))}, NAN, DType::f32,
                             kStepsDevice)) {}
  Workspace workspace() const {
    return Workspace({static_cast<std::byte*>(memory_.view().pointer), memory_.bytes()});
  }

 private:
  Tensor memory_;
};

// y, dq, dk and dv are added to where `value` is not 0.
void expect_attention(const ByProducts& c, Write mode, float tolerance) {
  const AttentionProblem& p = c.p;
  const float value = mode == Write::kAdd ? 0.5f : NAN;
  const Tensor y = c.like(c.q, value), expected_y = c.like(c.q, value);
  const Tensor sums = Tensor::empty(p.sums_shape(), DType::f32, kStepsDevice);
  const Tensor expected_sums = Tensor::empty(p.sums_shape(), DType::f32, kStepsDevice);
  const Scratch forward(vendor::forward_products_workspace(p));
  vendor::forward_by_products(p, {c.q, c.k, c.v, {}, c.bias, {y, mode}, sums}, forward.workspace(),
                              multiply_wide, emu::attention_softmax);
  attention_forward(p, c.q, c.k, c.v, {}, c.bias, {expected_y, mode}, expected_sums);
  expect_near(y, expected_y, tolerance);
  expect_near(sums, expected_sums, 1e-5f);

  const Tensor dq = c.like(c.q, value), dk = c.like(c.k, value), dv = c.like(c.k, value);
  const Tensor expected_dq = c.like(c.q, value), expected_dk = c.like(c.k, value);
  const Tensor expected_dv = c.like(c.k, value);
  const auto args = [&](const Tensor& q, const Tensor& k, const Tensor& v) {
    return AttentionBackward::Args{c.q,           c.k,  c.v,       {},        c.bias,   expected_y,
                                   expected_sums, c.dy, {q, mode}, {k, mode}, {v, mode}};
  };
  const Scratch backward(vendor::backward_products_workspace(p));
  vendor::backward_by_products(p, args(dq, dk, dv), backward.workspace(), multiply_wide,
                               emu::attention_errors);
  attention_backward(p, args(expected_dq, expected_dk, expected_dv));
  expect_near(dq, expected_dq, tolerance);
  expect_near(dk, expected_dk, tolerance);
  expect_near(dv, expected_dv, tolerance);
}

TEST(VendorAttention, ProductsAndStepsAreAttention) {
  for (const float dropout : {0.0f, 0.4f}) {
    for (const Write mode : {Write::kSet, Write::kAdd}) {
      SCOPED_TRACE(concat(dropout, mode == Write::kAdd ? " added" : ""));
      expect_attention(ByProducts(DType::f32, dropout), mode, 2e-5f);
    }
  }
}

// Weights and errors are rounded to 8 bits before they are multiplied.
TEST(VendorAttention, RoundsWeightsToBf16) {
  expect_attention(ByProducts(DType::bf16, 0.3f), Write::kSet, 0.1f);
}

TEST(VendorAttention, ResultsThatAreNotNeededAreNotComputed) {
  const ByProducts c(DType::f32, 0);
  const Tensor y = c.like(c.q, 0), sums = Tensor::zeros(c.p.sums_shape(), DType::f32, kStepsDevice);
  int products = 0;
  const auto count = [&](const View&, const View&, const Out&, const GemmOptions&) { ++products; };
  const Scratch scratch(vendor::backward_products_workspace(c.p));
  vendor::backward_by_products(c.p, {c.q, c.k, c.v, {}, c.bias, y, sums, c.dy, {}, {}, set(c.like(c.k, 0))},
                               scratch.workspace(), count, [](const auto&...) {});
  EXPECT_EQ(products, 3) << "scores, their gradients, dv";
}

}  // namespace
}  // namespace sonograd::kernels
