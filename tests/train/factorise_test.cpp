// Alternating least squares against the same equations over all pairs, written out.
#include "train/recommend/factorise.h"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <utility>

#include "tensor/random.h"
#include "tensor/support/compute_thread.h"
#include "tests/train/table_files.h"
#include "train/recommend/cholesky.h"

namespace sonograd::train {
namespace {

using testing::HasSubstr;

using Vector = std::vector<double>;
using Matrix = std::vector<Vector>;

// About a third of all pairs, with counts of 1 to 9.
Plays random_plays(std::size_t users, std::size_t items) {
  Random random({.seed = 7});
  std::string text;
  for (std::size_t u = 0; u < users; ++u) {
    for (std::size_t i = 0; i < items; ++i) {
      if (i == u % items || random.uniform() < 0.33f)
        text += concat('u', u, '\t', 'i', i, '\t', 1 + random.below(9), '\n');
    }
  }
  return parse_plays("random", text);
}

// Gaussian elimination with pivots from the column.
Vector solution(Matrix a, Vector b) {
  const std::size_t n = b.size();
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k; i < n; ++i)
      if (std::abs(a[i][k]) > std::abs(a[pivot][k])) pivot = i;
    std::swap(a[k], a[pivot]);
    std::swap(b[k], b[pivot]);
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = a[i][k] / a[k][k];
      for (std::size_t j = k; j < n; ++j) a[i][j] -= factor * a[k][j];
      b[i] -= factor * b[k];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t j = k + 1; j < n; ++j) b[k] -= a[k][j] * b[j];
    b[k] /= a[k][k];
  }
  return b;
}

// Confidences and preferences of all pairs.
struct Pairs {
  Matrix confidence, preference;  // [users, items]
};

Pairs all_pairs(const Plays& plays, const FactoriseOptions& options) {
  const std::size_t users = plays.users.size(), items = plays.items.size();
  Pairs pairs{Matrix(users, Vector(items, 1)), Matrix(users, Vector(items, 0))};
  for (std::size_t u = 0; u < users; ++u) {
    for (const auto& [i, count] : plays.by_user.row(u)) {
      pairs.preference[u][i] = 1;
      pairs.confidence[u][i] += options.surplus == Surplus::linear
                                    ? options.alpha * count
                                    : options.alpha * std::log(1 + count / options.epsilon);
    }
  }
  return pairs;
}

// One row of the side that is solved: confidences and preferences of its pairs with every row of `fixed`.
Vector dense_row(const FactorMatrix& fixed, const FactoriseOptions& options, const Vector& confidence,
                 const Vector& preference) {
  const std::size_t n = fixed.columns;
  Matrix a(n, Vector(n));
  Vector b(n);
  for (std::size_t k = 0; k < static_cast<std::size_t>(options.factors); ++k) a[k][k] = options.lambda;
  for (std::size_t other = 0; other < fixed.rows(); ++other) {
    Vector row(fixed.row(other).begin(), fixed.row(other).end());
    double target = preference[other];
    if (options.bias) target -= std::exchange(row.back(), 1);
    for (std::size_t k = 0; k < n; ++k) {
      for (std::size_t l = 0; l < n; ++l) a[k][l] += confidence[other] * row[k] * row[l];
      b[k] += confidence[other] * target * row[k];
    }
  }
  return solution(a, b);
}

double dense_objective(const Pairs& pairs, const FactoriseOptions& options, const Factors& factors) {
  double sum = 0;
  for (std::size_t u = 0; u < factors.users.rows(); ++u) {
    for (std::size_t i = 0; i < factors.items.rows(); ++i) {
      double q = options.bias ? factors.users.row(u).back() + factors.items.row(i).back() : 0;
      for (std::size_t k = 0; k < static_cast<std::size_t>(options.factors); ++k)
        q += factors.users.row(u)[k] * factors.items.row(i)[k];
      sum += pairs.confidence[u][i] * std::pow(pairs.preference[u][i] - q, 2);
    }
  }
  for (const FactorMatrix* side : {&factors.users, &factors.items}) {
    for (std::size_t row = 0; row < side->rows(); ++row)
      for (std::size_t k = 0; k < static_cast<std::size_t>(options.factors); ++k)
        sum += options.lambda * std::pow(side->row(row)[k], 2);
  }
  return sum;
}

void expect_near(std::span<const double> actual, const Vector& expected, const std::string& where) {
  double scale = 0, error = 0;
  for (std::size_t k = 0; k < expected.size(); ++k) {
    scale = std::max(scale, std::abs(expected[k]));
    error = std::max(error, std::abs(actual[k] - expected[k]));
  }
  EXPECT_LE(error, 1e-6 * scale) << where;
}

Vector column_of(const Matrix& matrix, std::size_t column) {
  Vector values;
  for (const Vector& row : matrix) values.push_back(row[column]);
  return values;
}

class FactoriseVariants : public testing::TestWithParam<FactoriseOptions> {};

INSTANTIATE_TEST_SUITE_P(
    All, FactoriseVariants,
    testing::Values(
        FactoriseOptions{.factors = 4, .sweeps = 3},
        FactoriseOptions{.factors = 4, .bias = true, .sweeps = 3},
        FactoriseOptions{.factors = 3, .surplus = Surplus::linear, .alpha = 40, .lambda = 0.1, .sweeps = 3},
        FactoriseOptions{.factors = 1, .bias = true, .surplus = Surplus::linear, .lambda = 2, .sweeps = 3}));

TEST_P(FactoriseVariants, EveryRowSolvesTheEquationsOverAllPairs) {
  const FactoriseOptions options = GetParam();
  const Plays plays = random_plays(23, 17);
  const Pairs pairs = all_pairs(plays, options);
  Factors factors = initial_factors(plays, options);
  double before = dense_objective(pairs, options, factors);
  const auto expect_less = [&](const std::string& where) {
    const double now = dense_objective(pairs, options, factors);
    EXPECT_LE(now, before * (1 + 1e-12)) << where;
    EXPECT_NEAR(objective(plays, options, factors), now, 1e-9 * now) << where;
    before = now;
  };
  for (int sweep = 0; sweep < 3; ++sweep) {
    solve_users(plays, options, factors);
    for (std::size_t u = 0; u < 23; ++u)
      expect_near(factors.users.row(u),
                  dense_row(factors.items, options, pairs.confidence[u], pairs.preference[u]),
                  concat("sweep ", sweep, ", user ", u));
    expect_less(concat("sweep ", sweep, ", users"));
    solve_items(plays, options, factors);
    for (std::size_t i = 0; i < 17; ++i)
      expect_near(
          factors.items.row(i),
          dense_row(factors.users, options, column_of(pairs.confidence, i), column_of(pairs.preference, i)),
          concat("sweep ", sweep, ", item ", i));
    expect_less(concat("sweep ", sweep, ", items"));
  }
  const Factors whole = factorise(plays, options, [](std::int64_t, double) { return true; });
  EXPECT_EQ(whole.users.values, factors.users.values);
  EXPECT_EQ(whole.items.values, factors.items.values);
}

TEST(Factorise, FirstItemFactorsAreNormalAndFollowTheSeed) {
  const Plays plays = random_plays(8, 400);
  const FactoriseOptions options = {.factors = 10, .bias = true};
  const Factors first = initial_factors(plays, options);
  EXPECT_EQ(first.items.columns, 11u);
  EXPECT_EQ(first.factors(), 10u);
  double mean = 0, square = 0;
  for (const double value : first.items.values) {
    mean += value / 4400;
    square += value * value / 4400;
  }
  EXPECT_NEAR(mean, 0, 6e-4);
  EXPECT_NEAR(std::sqrt(square), 0.01, 5e-4);
  EXPECT_EQ(initial_factors(plays, options).items.values, first.items.values);
  EXPECT_NE(initial_factors(plays, {.factors = 10, .bias = true, .seed = 1}).items.values,
            first.items.values);
}

TEST(Factorise, SameBitsForEveryNumberOfThreads) {
  const Plays plays = random_plays(61, 45);
  const FactoriseOptions options = {.factors = 6, .bias = true, .sweeps = 3};
  const int before = threads();
  std::vector<Factors> results;
  Vector objectives;
  for (const int count : {1, 2, 3}) {
    set_threads(count);
    results.push_back(factorise(plays, options, [&](std::int64_t sweeps, double now) {
      if (sweeps == 3) objectives.push_back(now);
      return true;
    }));
  }
  set_threads(before);
  for (std::size_t i = 1; i < results.size(); ++i) {
    EXPECT_EQ(results[i].users.values, results[0].users.values);
    EXPECT_EQ(results[i].items.values, results[0].items.values);
    EXPECT_EQ(objectives[i], objectives[0]);
  }
}

TEST(Factorise, ReportsEverySweepAndStopsWhenAsked) {
  const Plays plays = random_plays(12, 9);
  const FactoriseOptions options = {.factors = 2};
  Vector objectives;
  const auto until = [&](std::int64_t last) {
    objectives.clear();
    return factorise(plays, options, [&](std::int64_t sweeps, double now) {
      EXPECT_EQ(sweeps, std::ssize(objectives) + 1);
      objectives.push_back(now);
      return sweeps < last;
    });
  };
  EXPECT_EQ(until(4).settings.at("sweeps"), "4");
  EXPECT_EQ(objectives.size(), 4u);
  const Factors all = until(1000);
  EXPECT_EQ(objectives.size(), 20u);
  EXPECT_EQ(all.settings.at("surplus"), "log");
  EXPECT_EQ(all.settings.at("epsilon"), "1e-06");
}

TEST(Factorise, NamesARowWithoutASolution) {
  const Plays plays = parse_plays("plays", "a\tx\t1e15\nb\ty\t1e15\n");
  const FactoriseOptions options = {
      .factors = 5, .surplus = Surplus::linear, .alpha = 1e6, .lambda = 1e-12, .sweeps = 1};
  const auto error =
      message_of<ConfigError>([&] { factorise(plays, options, [](std::int64_t, double) { return true; }); });
  EXPECT_THAT(error, HasSubstr("the equations of user 'a' have no solution in double precision; choose a "
                               "lambda above 1e-12"));
}

TEST(Factorise, CholeskySolvesAndRefuses) {
  Vector a = {4, 2, 0, 5}, b = {8, 14};  // the lower triangle is not read
  ASSERT_TRUE(solve_positive_definite(a, b));
  EXPECT_DOUBLE_EQ(b[0], 0.75);
  EXPECT_DOUBLE_EQ(b[1], 2.5);
  Vector singular = {1, 2, 0, 4}, infinite = {1, std::nan(""), 0, 1}, right = {1, 1};
  EXPECT_FALSE(solve_positive_definite(singular, right));
  EXPECT_FALSE(solve_positive_definite(infinite, right));
}

}  // namespace
}  // namespace sonograd::train
