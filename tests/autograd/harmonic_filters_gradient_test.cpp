#include <gtest/gtest.h>

#include "autograd/gradient_check.h"
#include "autograd/ops/harmonic_filters.h"
#include "autograd/ops/power_to_db.h"
#include "autograd/tape.h"
#include "kernels/harmonic_filters/harmonic_filters.h"
#include "tests/support/random_tensor.h"

namespace sonograd {
namespace {

TEST(HarmonicFiltersGradient, OfSpectraAndQ) {
  const Tensor x = random_tensor({2, 3, 33}, DType::f64);
  const Tensor centres = kernels::harmonic_centres({.lowest = 50, .harmonics = 3}, 4000, DType::f64);
  for (const double q : {0.7, 1.9, -1.1}) {
    const auto filters = [&](const auto& v) { return harmonic_filters(v[0], centres, v[1], 4000.0 / 64); };
    EXPECT_LE(gradient_error(filters, {x, Tensor::full({1}, q, DType::f64)}), 1e-6) << q;
  }
}

// On both sides of the floor, away from the step of the gradient there.
TEST(PowerToDbGradient, AboveAndBelowTheFloor) {
  const Tensor x = Tensor::from(std::vector<double>{1e-3, 0.1, 0.3, 0.7, 1.5, 40}, {6});
  EXPECT_LE(gradient_error([](const auto& v) { return power_to_db(v[0], {.ref = 2, .amin = 0.5}); }, {x}),
            1e-6);
}

TEST(PowerToDbGradient, ALimitedRangeHasNone) {
  const Variable x(Tensor::full({3}, 1), true);
  const Variable y = power_to_db(x, {.top_db = 80});
  EXPECT_THROW(backward(y, Tensor::full({3}, 1)), ConfigError);
}

}  // namespace
}  // namespace sonograd
