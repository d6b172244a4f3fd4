// The maximum over the bands behind filters, ReLU and norm: the fused form of inference has the result of the plain one, whatever the
// signs of the norm.
#include "layers/band_filters.h"

#include <cmath>
#include <gtest/gtest.h>

#include "tests/layers/layer_gradients.h"

namespace sonograd {
namespace {

using namespace layers;

const Shape kSpectrogram = {2, 19, 23, 1};
enum class Signs : std::uint8_t { positive, mixed, negative };

// Filters whose norm has a weight of 0 in its first channel.
struct Filters : BandFilters {
  explicit Filters(Signs signs) : BandFilters(1, 21, {5, 9}, {.padding = {2, 0}}, {.eps = 1e-3}) {
    test::disturb(*this);
    const Tensor gamma = entry("bn.weight");
    for (std::int64_t c = 0; c < gamma.numel(); ++c) {
      float& value = gamma.data<float>()[c];
      const float sign = signs == Signs::mixed ? (c % 3 == 0 ? -1.0f : 1.0f) : 1.0f;
      value = (signs == Signs::negative ? -1.0f : sign) * std::abs(value);
    }
    gamma.data<float>()[0] = 0;
    state_changed();
    train(false);
  }

  Tensor entry(std::string_view name) {
    for (const StateEntry& e : state())
      if (e.name == name) return e.tensor;
    return {};
  }
};

template <class T>
void expect_equal_forms(const Filters& filters, const Variable& x, T tolerance) {
  const Tensor plain = filters.forward(x).data();
  const NoGrad inference;
  const Tensor fused = filters.forward(x).data();
  ASSERT_EQ(fused.shape(), Shape({2, 19, 21}));
  ASSERT_EQ(plain.shape(), fused.shape());
  for (std::int64_t i = 0; i < fused.numel(); ++i)
    ASSERT_NEAR(fused.data<T>()[i], plain.data<T>()[i], tolerance) << i;
}

TEST(BandFilters, InferenceHasTheResultOfThePlainForm) {
  for (const Signs signs : {Signs::positive, Signs::mixed, Signs::negative}) {
    SCOPED_TRACE(static_cast<int>(signs));
    Filters filters(signs);
    expect_equal_forms<float>(filters, Variable(random_tensor(kSpectrogram)), 2e-5f);
    filters.to(DType::f64);
    expect_equal_forms<double>(filters, Variable(random_tensor(kSpectrogram, DType::f64)), 1e-12);
  }
}

TEST(BandFilters, InferenceFollowsChangesOfItsState) {
  Filters filters(Signs::mixed);
  const Variable x(random_tensor(kSpectrogram));
  expect_equal_forms<float>(filters, x, 2e-5f);
  const Tensor gamma = filters.entry("bn.weight");
  for (std::int64_t c = 0; c < gamma.numel(); ++c) gamma.data<float>()[c] *= -1;
  filters.state_changed();
  expect_equal_forms<float>(filters, x, 2e-5f);
}

TEST(BandFilters, GradientsMatchDifferences) {
  for (const bool training : {true, false}) {
    Filters filters(Signs::mixed);
    filters.entry("bn.weight").data<float>()[0] = 0.5f;  // at 0 the maximum has no derivative in it
    filters.train(training);
    EXPECT_LE(test::layer_gradient_error(filters, {2, 7, 12, 1}), 1e-6) << training;
  }
}

TEST(BandFilters, InferenceInBf16IsWithinItsRounding) {
  for (const Signs signs : {Signs::positive, Signs::mixed}) {
    Filters filters(signs);
    filters.to(DType::bf16);
    const Variable x(random_tensor(kSpectrogram).to(DType::bf16));
    const Tensor plain = filters.forward(x).data().to(DType::f32);
    const NoGrad inference;
    const Tensor fused = filters.forward(x).data().to(DType::f32);
    ASSERT_EQ(fused.shape(), plain.shape());
    // Each of the ops rounds its result: by 2^-8 of numbers of up to 8.
    for (std::int64_t i = 0; i < fused.numel(); ++i)
      ASSERT_NEAR(fused.data<float>()[i], plain.data<float>()[i], 0.1f) << i;
  }
}

TEST(BandFilters, NaNIsNotLostInTheMaximum) {
  for (const Signs signs : {Signs::positive, Signs::mixed, Signs::negative}) {
    const Filters filters(signs);
    const Tensor x = random_tensor(kSpectrogram);
    x.data<float>()[7 * 23 + 3] = NAN;
    const NoGrad inference;
    const Tensor y = filters.forward(Variable(x)).data();
    for (std::int64_t i = 0; i < 19 * 21; ++i)
      EXPECT_EQ(std::isnan(y.data<float>()[i]), i / 21 >= 5 && i / 21 <= 9) << i;
  }
}

}  // namespace
}  // namespace sonograd
