// Harmonic filters: published figures, values and gradients of PyTorch (tests/golden/make_harmonic_filters.py), and properties of
// every row.
#include "kernels/harmonic_filters/harmonic_filters.h"

#include <cmath>
#include <cstring>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <nlohmann/json.hpp>

#include "kernels/core/pins.h"
#include "kernels/harmonic_filters/triangle.h"
#include "tests/models/lcg.h"
#include "tests/support/files.h"
#include "tests/support/random_tensor.h"
#include "tests/support/variants.h"

namespace sonograd::kernels {
namespace {

constexpr double kPublishedWidth = 16000.0 / 512;

TEST(HarmonicCentres, AreThePublishedOnes) {
  const Tensor centres = harmonic_centres({}, 16000);
  ASSERT_EQ(centres.shape(), (Shape{128, 6}));
  const auto f0 = [&](int h, int k) { return centres.data<float>()[k * 6 + h]; };
  EXPECT_NEAR(f0(0, 0), 32.7032, 5e-5);
  EXPECT_NEAR(f0(0, 127), 1280.975, 5e-4);
  EXPECT_NEAR(f0(1, 0), 65.4064, 5e-5);
  EXPECT_NEAR(f0(5, 127), 7685.849, 5e-4);
}

TEST(HarmonicCentres, LeaveTheBankThatIsPublished) {
  const Tensor centres = harmonic_centres({}, 16000);
  std::int64_t covered = 0;
  std::vector<std::int64_t> empty;
  for (std::int64_t m = 0; m < centres.numel(); ++m) {
    const Triangle<float> filter(centres.data<float>()[m], 1, static_cast<float>(kPublishedWidth));
    const auto [begin, end] = filter.span(257);
    covered += end - begin;
    if (begin == end) empty.push_back(m);
    for (int bin = 0; bin < 257; ++bin)
      EXPECT_EQ(filter.covers(bin), bin >= begin && bin < end) << m << ' ' << bin;
  }
  EXPECT_EQ(covered, 3786);
  EXPECT_THAT(empty, testing::ElementsAre(12 * 6)) << "46.25 Hz, between two bins";
}

TEST(HarmonicFilters, ATriangleHasItsWidthAtItsFoot) {
  constexpr double kBinWidth = 0.25;
  for (const double q : {0.5, 1.0, -3.0}) {
    const Triangle<double> filter(440, q, kBinWidth);
    EXPECT_DOUBLE_EQ(filter.width(), (0.1079 * 440 + 24.7) / std::abs(q));
    const auto [begin, end] = filter.span(4000);
    EXPECT_NEAR(kBinWidth * (end - begin), filter.width(), 2 * kBinWidth) << "the bins that it covers";
  }
  EXPECT_TRUE(std::isinf(Triangle<double>(440, 0, kBinWidth).width()));
}

TEST(HarmonicCentres, RefusesWhatLeavesNoFilter) {
  EXPECT_THROW(harmonic_centres({.lowest = 90}, 16000), ConfigError);
  EXPECT_THROW(harmonic_centres({.lowest = -1}, 16000), ConfigError);
  EXPECT_THROW(harmonic_centres({.harmonics = 0}, 16000), ConfigError);
  EXPECT_THROW(harmonic_centres({.per_semitone = 0}, 16000), ConfigError);
  EXPECT_THROW(harmonic_centres({}, -1), ConfigError);
}

TEST(HarmonicFilters, ChecksTheirOperands) {
  EXPECT_THROW(HarmonicFiltersProblem::make({2, 5}, {6}, 1), ShapeError);
  EXPECT_THROW(HarmonicFiltersProblem::make({2, 0}, {6, 1}, 1), ShapeError);
  EXPECT_THROW(HarmonicFiltersProblem::make({2, 5}, {6, 1}, 0), ConfigError);
  const auto p = HarmonicFiltersProblem::make({2, 5}, {6, 1}, 1);
  EXPECT_EQ(p.output, (Shape{2, 6, 1}));
  const Tensor x = Tensor::zeros({2, 5}), centres = Tensor::zeros({6, 1}), q = Tensor::full({1}, 1);
  EXPECT_THROW(harmonic_filters_forward(p, x, centres, q, set(Tensor::zeros({2, 6}))), ShapeError);
  EXPECT_THROW(harmonic_filters_forward(p, x, centres, Tensor::zeros({}), set(Tensor::zeros({2, 6, 1}))),
               ShapeError);
}

nlohmann::json harmonic_golden() {
  std::ifstream file(test::golden_path("harmonic_filters.json"));
  return nlohmann::json::parse(file);
}

Tensor generated(std::uint32_t seed, const Shape& shape, double offset) {
  test::Lcg lcg(seed);
  const Tensor x = Tensor::empty(shape, DType::f64);
  for (double& value : x.span<double>()) value = lcg.next() + offset;
  return x;
}

void expect_values(const nlohmann::json& golden, const Tensor& actual, double tolerance) {
  ASSERT_EQ(golden.size(), static_cast<std::size_t>(actual.numel()));
  const Tensor values = actual.to(Device{}).to(DType::f64);
  double largest = 0;
  for (const auto& value : golden) largest = std::max(largest, std::abs(value.get<double>()));
  for (std::size_t i = 0; i < golden.size(); ++i)
    EXPECT_NEAR(values.data<double>()[i], golden[i].get<double>(), tolerance * largest) << i;
}

// Results of the three directions by the rows that are pinned or chosen.
struct Directions {
  Tensor y, dx, dq;
};

Directions run_all(const Tensor& x, const Tensor& centres, double q, const Tensor& dy, double bin_width,
                   Device device) {
  const DType dtype = x.dtype();
  const auto there = [&](const Tensor& t) { return t.to(dtype).to(device); };
  const auto p = HarmonicFiltersProblem::make(x.shape(), centres.shape(), bin_width, dtype);
  const Tensor x_there = there(x), c = there(centres), dy_there = there(dy),
               q_there = there(Tensor::full({1}, q, DType::f64));
  const Directions results = {Tensor::empty(p.output, dtype, device),
                              Tensor::empty(p.spectrum, dtype, device), Tensor::empty({1}, dtype, device)};
  harmonic_filters_forward(p, x_there, c, q_there, set(results.y));
  harmonic_filters_backward_data(p, c, q_there, dy_there, set(results.dx));
  harmonic_filters_backward_q(p, x_there, c, q_there, dy_there, set(results.dq));
  return {results.y.to(Device{}), results.dx.to(Device{}), results.dq.to(Device{})};
}

// Calls `f(device)` for the rows of every direction that are in the same place of their tables.
template <class F>
void for_each_harmonic_row(const F& f) {
  const auto forward = test::variants_of("harmonic_filters_forward"),
             data = test::variants_of("harmonic_filters_backward_data"),
             q = test::variants_of("harmonic_filters_backward_q");
  ASSERT_EQ(forward.size(), data.size());
  ASSERT_EQ(forward.size(), q.size());
  for (std::size_t i = 0; i < forward.size(); ++i) {
    SCOPED_TRACE(testing::Message() << forward[i]);
    ASSERT_EQ(forward[i].device, q[i].device);
    const PinScope pins[] = {{"harmonic_filters_forward", forward[i].name},
                             {"harmonic_filters_backward_data", data[i].name},
                             {"harmonic_filters_backward_q", q[i].name}};
    f(forward[i].device);
  }
}

TEST(HarmonicFilters, AreThoseOfPyTorchWithAllGradients) {
  const nlohmann::json golden = harmonic_golden();
  const auto filters = golden["filters"].get<std::int64_t>();
  const Tensor centres =
      harmonic_centres({.lowest = 45, .per_semitone = 2, .harmonics = 3}, 4000, DType::f64);
  ASSERT_EQ(centres.shape(), (Shape{filters, 3}));
  const Tensor x = generated(1, {3, 33}, 0.5), dy = generated(2, {3, filters, 3}, 0);
  const double bin_width = 4000.0 / 64;
  const Directions exact = run_all(x, centres, 1.3, dy, bin_width, Device{});
  expect_values(golden["y"], exact.y, 1e-8);
  expect_values(golden["dx"], exact.dx, 1e-8);
  expect_values(golden["dq"], exact.dq, 1e-8);
  for_each_harmonic_row([&](Device device) {
    const Directions rounded = run_all(x.to(DType::f32), centres, 1.3, dy, bin_width, device);
    expect_values(golden["y"], rounded.y, 5e-6);
    expect_values(golden["dx"], rounded.dx, 5e-6);
    expect_values(golden["dq"], rounded.dq, 1e-4);
  });
}

// <A x, dy> = <x, A' dy>.
TEST(HarmonicFilters, HaveAnAdjoint) {
  const Tensor centres = harmonic_centres({}, 16000);
  const Tensor x = random_tensor({5, 257}, DType::f64), dy = random_tensor({5, 128, 6}, DType::f64, 1);
  const Directions results = run_all(x, centres, 1.7, dy, kPublishedWidth, Device{});
  double forward = 0, backward = 0;
  for (std::int64_t i = 0; i < dy.numel(); ++i) forward += results.y.data<double>()[i] * dy.data<double>()[i];
  for (std::int64_t i = 0; i < x.numel(); ++i) backward += results.dx.data<double>()[i] * x.data<double>()[i];
  EXPECT_NEAR(forward, backward, 1e-10 * std::abs(forward));
}

// Filters depend on the size of Q alone, and the gradient has its sign.
TEST(HarmonicFilters, ANegativeQIsItsAbsoluteValue) {
  const Tensor centres = harmonic_centres({}, 16000);
  const Tensor x = random_tensor({2, 257}), dy = random_tensor({2, 128, 6}, DType::f32, 1);
  for_each_harmonic_row([&](Device device) {
    const Directions positive = run_all(x, centres, 1.2, dy, kPublishedWidth, device),
                     negative = run_all(x, centres, -1.2, dy, kPublishedWidth, device);
    for (std::int64_t i = 0; i < dy.numel(); ++i)
      EXPECT_EQ(positive.y.data<float>()[i], negative.y.data<float>()[i]) << i;
    EXPECT_EQ(positive.dq.item(), -negative.dq.item());
  });
}

TEST(HarmonicFilters, ANaNReachesTheFiltersThatCoverItsBin) {
  constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
  constexpr int kBin = 40;
  constexpr std::int64_t kBand = 77 * 6 + 3;
  const Tensor centres = harmonic_centres({}, 16000);
  const auto filter = [&](std::int64_t band) {
    return Triangle<float>(centres.data<float>()[band], 1, static_cast<float>(kPublishedWidth));
  };
  const Tensor clean_x = Tensor::full({2, 257}, 0.5), clean_dy = Tensor::full({2, 128, 6}, 0.25);
  const Tensor x = clean_x.clone(), dy = clean_dy.clone();
  x.data<float>()[257 + kBin] = kNaN;
  dy.data<float>()[768 + kBand] = kNaN;
  std::int64_t reached = 0;
  for_each_harmonic_row([&](Device device) {
    const Tensor y = run_all(x, centres, 1, clean_dy, kPublishedWidth, device).y;
    for (std::int64_t band = 0; band < 768; ++band) {
      EXPECT_FALSE(std::isnan(y.data<float>()[band]));
      EXPECT_EQ(std::isnan(y.data<float>()[768 + band]), filter(band).covers(kBin)) << band;
      reached += filter(band).covers(kBin);
    }
    EXPECT_TRUE(std::isnan(run_all(x, centres, 1, clean_dy, kPublishedWidth, device).dq.item()));
    const Directions of_dy = run_all(clean_x, centres, 1, dy, kPublishedWidth, device);
    EXPECT_TRUE(std::isnan(of_dy.dq.item()));
    for (int bin = 0; bin < 257; ++bin) {
      EXPECT_FALSE(std::isnan(of_dy.dx.data<float>()[bin]));
      EXPECT_EQ(std::isnan(of_dy.dx.data<float>()[257 + bin]), filter(kBand).covers(bin)) << bin;
    }
    const Directions of_q = run_all(clean_x, centres, double{kNaN}, clean_dy, kPublishedWidth, device);
    for (const Tensor& result : {of_q.y, of_q.dx, of_q.dq}) {
      for (const float value : result.span<float>()) EXPECT_TRUE(std::isnan(value));
    }
  });
  EXPECT_GT(reached, 0);
}

// A row of spectra has the bits that it has alone.
TEST(HarmonicFilters, ARowDoesNotDependOnTheOthers) {
  const Tensor centres = harmonic_centres({}, 16000);
  const Tensor x = random_tensor({21, 257}), dy = random_tensor({21, 128, 6}, DType::f32, 1);
  for_each_harmonic_row([&](Device device) {
    const Directions together = run_all(x, centres, 0.8, dy, kPublishedWidth, device);
    for (const std::int64_t row : {0, 7, 15, 16, 20}) {
      const Directions alone =
          run_all(x.rows(row, 1), centres, 0.8, dy.rows(row, 1), kPublishedWidth, device);
      EXPECT_EQ(0, std::memcmp(alone.y.data<float>(), together.y.data<float>() + row * 768, 768 * 4)) << row;
      EXPECT_EQ(0, std::memcmp(alone.dx.data<float>(), together.dx.data<float>() + row * 257, 257 * 4))
          << row;
    }
  });
}

}  // namespace
}  // namespace sonograd::kernels
