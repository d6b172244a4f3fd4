#include "kernels/core/simd_math.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace sonograd::kernels {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Largest error in units in the last place of the exact value, over evenly spaced arguments.
template <class F, class Exact>
double worst_ulps(float low, float high, F f, Exact exact) {
  constexpr int kArguments = 200000;
  double worst = 0;
  for (int i = 0; i <= kArguments; ++i) {
    const float x = low + (high - low) * static_cast<float>(i) / kArguments;
    const double reference = exact(static_cast<double>(x));
    if (reference == 0) continue;
    const double ulp = std::ldexp(1, std::ilogb(reference) - std::numeric_limits<float>::digits + 1);
    worst = std::max(worst, std::abs(static_cast<double>(f(x)) - reference) / ulp);
  }
  return worst;
}

TEST(SimdMath, FewUnitsInTheLastPlace) {
  // Always-inline functions have no address that every build can call.
  const auto fast_exp = [](float x) { return simd::exp(x); };
  const auto fast_log = [](float x) { return simd::log(x); };
  const auto fast_expm1 = [](float x) { return simd::expm1(x); };
  const auto fast_log1p = [](float x) { return simd::log1p(x); };
  const auto fast_tanh = [](float x) { return simd::tanh(x); };
  const auto fast_erf = [](float x) { return simd::erf(x); };
  const auto fast_sigmoid = [](float x) { return simd::sigmoid(x); };
  const auto exact_exp = [](double x) { return std::exp(x); };
  const auto exact_log = [](double x) { return std::log(x); };
  const auto exact_expm1 = [](double x) { return std::expm1(x); };
  const auto exact_log1p = [](double x) { return std::log1p(x); };
  const auto exact_tanh = [](double x) { return std::tanh(x); };
  const auto exact_erf = [](double x) { return std::erf(x); };
  const auto exact_sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
  EXPECT_LE(worst_ulps(-87, 88, fast_exp, exact_exp), 2);
  EXPECT_LE(worst_ulps(-1, 1, fast_exp, exact_exp), 2);
  EXPECT_LE(worst_ulps(1e-6f, 2, fast_log, exact_log), 2);
  EXPECT_LE(worst_ulps(2, 1e30f, fast_log, exact_log), 2);
  EXPECT_LE(worst_ulps(-20, 88.5f, fast_expm1, exact_expm1), 3);
  EXPECT_LE(worst_ulps(-0.01f, 0.01f, fast_expm1, exact_expm1), 3);
  EXPECT_LE(worst_ulps(-0.999f, 10, fast_log1p, exact_log1p), 3);
  EXPECT_LE(worst_ulps(-1e-6f, 1e-6f, fast_log1p, exact_log1p), 3);
  EXPECT_LE(worst_ulps(-11, 11, fast_tanh, exact_tanh), 3);
  EXPECT_LE(worst_ulps(-0.01f, 0.01f, fast_tanh, exact_tanh), 3);
  EXPECT_LE(worst_ulps(-5, 5, fast_erf, exact_erf), 2);
  EXPECT_LE(worst_ulps(-0.01f, 0.01f, fast_erf, exact_erf), 2);
  EXPECT_LE(worst_ulps(-80, 20, fast_sigmoid, exact_sigmoid), 4);
}

TEST(SimdMath, InfinitiesAndNan) {
  EXPECT_EQ(simd::exp(kInfinity), kInfinity);
  EXPECT_EQ(simd::exp(100), kInfinity);
  EXPECT_EQ(simd::exp(-kInfinity), 0);
  EXPECT_EQ(simd::exp(-200), 0);
  EXPECT_EQ(simd::exp(0), 1);
  EXPECT_EQ(simd::expm1(kInfinity), kInfinity);
  EXPECT_EQ(simd::expm1(-kInfinity), -1);
  EXPECT_EQ(simd::log1p(kInfinity), kInfinity);
  EXPECT_EQ(simd::log1p(-1), -kInfinity);
  EXPECT_TRUE(std::isnan(simd::log1p(-2)));
  EXPECT_EQ(simd::log(0), -kInfinity);
  EXPECT_EQ(simd::log(kInfinity), kInfinity);
  EXPECT_EQ(simd::log(1), 0);
  EXPECT_TRUE(std::isnan(simd::log(-1)));
  EXPECT_EQ(simd::tanh(-kInfinity), -1);
  EXPECT_EQ(simd::tanh(kInfinity), 1);
  EXPECT_TRUE(std::signbit(simd::tanh(-0.0f)));
  EXPECT_EQ(simd::erf(-kInfinity), -1);
  EXPECT_EQ(simd::sigmoid(-kInfinity), 0);
  EXPECT_EQ(simd::sigmoid(kInfinity), 1);
  for (const auto f : {simd::exp, simd::expm1, simd::log, simd::log1p, simd::tanh, simd::erf, simd::sigmoid})
    EXPECT_TRUE(std::isnan(f(kNan)));
}

}  // namespace
}  // namespace sonograd::kernels
