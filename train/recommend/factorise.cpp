#include "train/recommend/factorise.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <utility>

#include "kernels/core/launch.h"
#include "tensor/random.h"
#include "tensor/support/error.h"
#include "train/recommend/cholesky.h"

namespace sonograd::train {
namespace {

constexpr float kInitialDeviation = 0.01f;
// Sums over rows are those of so many parts, whatever the number of threads.
constexpr std::size_t kParts = 32;

double surplus_of(const FactoriseOptions& options, double count) {
  return options.alpha * (options.surplus == Surplus::linear ? count : std::log1p(count / options.epsilon));
}

// Runs `body(part, begin, end)` for kParts consecutive parts of [0, rows).
template <class Body>
void for_parts(const char* name, std::size_t rows, const Body& body) {
  kernels::launch(name, kParts, [&](std::int64_t block) {
    const auto part = static_cast<std::size_t>(block);
    body(part, part * rows / kParts, (part + 1) * rows / kParts);
  });
}

// Columns of the rows of one side, and a column of ones where there is a bias: the places in their sums of products.
struct Columns {
  std::size_t factors;
  bool bias;

  std::size_t unknowns() const { return factors + (bias ? 1 : 0); }
  std::size_t size() const { return factors + (bias ? 2 : 0); }
  std::size_t offset() const { return factors; }
  std::size_t ones() const { return factors + 1; }
  /// The column by which an unknown of the other side is multiplied; a bias by ones.
  std::size_t met_by(std::size_t unknown) const { return unknown == factors ? ones() : unknown; }
};

Columns columns_of(const FactoriseOptions& options) {
  return {static_cast<std::size_t>(options.factors), options.bias};
}

// Sums over all rows of the products of two columns: the upper triangle of [size, size], row-major.
std::vector<double> products_of(const FactorMatrix& matrix, const Columns& columns) {
  const std::size_t n = columns.size(), square = n * n;
  std::vector<double> parts(kParts * square), rows(kParts * n, 1.0);
  for_parts("factorise_products", matrix.rows(), [&](std::size_t part, std::size_t begin, std::size_t end) {
    const auto sums = std::span(parts).subspan(part * square, square);
    const auto row = std::span(rows).subspan(part * n, n);
    for (std::size_t i = begin; i < end; ++i) {
      std::ranges::copy(matrix.row(i), row.begin());  // the ones behind it stay
      add_outer_product(sums, 1, row);
    }
  });
  for (std::size_t part = 1; part < kParts; ++part)
    for (std::size_t i = 0; i < square; ++i) parts[i] += parts[part * square + i];
  parts.resize(square);
  return parts;
}

// A matrix of which there is the upper triangle.
struct Symmetric {
  std::span<const double> upper;
  std::size_t n;

  double operator()(std::size_t i, std::size_t j) const { return upper[std::min(i, j) * n + std::max(i, j)]; }
};

// Equations [unknowns] of one row, A x = b.
struct Equations {
  std::vector<double> a, b;
};

// The part of the equations that all rows have in common: every pair at confidence 1 and preference 0.
Equations common_equations(const FactorMatrix& fixed, const FactoriseOptions& options) {
  const Columns columns = columns_of(options);
  const std::size_t n = columns.unknowns();
  const std::vector<double> products = products_of(fixed, columns);
  const Symmetric sum{products, columns.size()};
  Equations common{std::vector<double>(n * n), std::vector<double>(n)};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i; j < n; ++j) common.a[i * n + j] = sum(columns.met_by(i), columns.met_by(j));
    if (i < columns.factors) common.a[i * n + i] += options.lambda;
    if (columns.bias) common.b[i] = -sum(columns.offset(), columns.met_by(i));
  }
  return common;
}

// Adds the confidence and preference of the counts of one row. `met` [unknowns] is scratch memory.
void add_counts(std::span<const SparseRows::Entry> counts, const FactorMatrix& fixed,
                const FactoriseOptions& options, std::span<double> met, Equations& equations) {
  for (const auto& [column, count] : counts) {
    const double surplus = surplus_of(options, count);
    std::ranges::copy(fixed.row(column), met.begin());
    const double offset = options.bias ? std::exchange(met.back(), 1.0) : 0.0;
    add_outer_product(equations.a, surplus, met);
    // c (1 − offset) takes the place of the −offset in the common part.
    const double weight = 1 + surplus * (1 - offset);
    for (std::size_t i = 0; i < met.size(); ++i) equations.b[i] += weight * met[i];
  }
}

// Solves every row of `solved`. Returns the first row without a solution; the number of rows: there is none.
std::size_t solve_rows(const SparseRows& counts, const FactorMatrix& fixed, const FactoriseOptions& options,
                       FactorMatrix& solved) {
  const Equations common = common_equations(fixed, options);
  const std::size_t rows = solved.rows();
  // Blocks take rows in turn: those with many counts often lie together.
  const auto blocks = std::min(rows, static_cast<std::size_t>(kernels::threads()));
  std::vector<Equations> equations(blocks, common);
  std::vector<std::vector<double>> met(blocks, std::vector<double>(common.b.size()));
  std::vector<std::size_t> unsolved(blocks, rows);
  kernels::launch("factorise_rows", static_cast<std::int64_t>(blocks), [&](std::int64_t index) {
    const auto block = static_cast<std::size_t>(index);
    Equations& own = equations[block];
    for (std::size_t row = block; row < rows; row += blocks) {
      std::ranges::copy(common.a, own.a.begin());
      std::ranges::copy(common.b, own.b.begin());
      add_counts(counts.row(row), fixed, options, met[block], own);
      if (!solve_positive_definite(own.a, own.b)) {
        unsolved[block] = row;
        return;
      }
      std::ranges::copy(own.b, solved.row(row).begin());
    }
  });
  return std::ranges::min(unsolved);
}

void require_solution(const char* kind, const std::vector<std::string>& ids, std::size_t unsolved,
                      const FactoriseOptions& options) {
  if (unsolved == ids.size()) return;
  throw ConfigError(concat("the equations of ", kind, " '", ids[unsolved],
                           "' have no solution in double precision; choose a lambda above ", options.lambda,
                           " or an alpha below ", options.alpha));
}

std::map<std::string, std::string> settings_of(const FactoriseOptions& options) {
  std::map<std::string, std::string> settings = {{"alpha", fmt::format("{}", options.alpha)},
                                                 {"lambda", fmt::format("{}", options.lambda)},
                                                 {"seed", concat(options.seed)},
                                                 {"surplus", std::string(word_of(options.surplus))}};
  if (options.surplus == Surplus::log) settings["epsilon"] = fmt::format("{}", options.epsilon);
  return settings;
}

}  // namespace

Factors initial_factors(const Plays& plays, const FactoriseOptions& options) {
  const std::size_t columns = columns_of(options).unknowns();
  Factors factors = {.bias = options.bias,
                     .user_ids = plays.users,
                     .item_ids = plays.items,
                     .users = FactorMatrix(plays.users.size(), columns),
                     .items = FactorMatrix(plays.items.size(), columns),
                     .settings = settings_of(options)};
  for (std::size_t item = 0; item < plays.items.size(); ++item) {
    Random random(
        {.seed = options.seed, .example = static_cast<std::uint32_t>(item), .stream = RandomStream::init});
    for (double& value : factors.items.row(item)) value = kInitialDeviation * random.normal();
  }
  return factors;
}

void solve_users(const Plays& plays, const FactoriseOptions& options, Factors& factors) {
  const std::size_t unsolved = solve_rows(plays.by_user, factors.items, options, factors.users);
  require_solution("user", factors.user_ids, unsolved, options);
}

void solve_items(const Plays& plays, const FactoriseOptions& options, Factors& factors) {
  const std::size_t unsolved = solve_rows(plays.by_item, factors.users, options, factors.items);
  require_solution("item", factors.item_ids, unsolved, options);
}

double objective(const Plays& plays, const FactoriseOptions& options, const Factors& factors) {
  const Columns columns = columns_of(options);
  const std::vector<double> of_users = products_of(factors.users, columns);
  const std::vector<double> of_items = products_of(factors.items, columns);
  const Symmetric users{of_users, columns.size()}, items{of_items, columns.size()};
  // Σ q² over all pairs: q is a product of vectors, (x, b_u, 1) and (y, 1, b_i).
  const auto partner = [&](std::size_t i) {
    return i < columns.factors ? i : i == columns.offset() ? columns.ones() : columns.offset();
  };
  double squares = 0, lengths = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    for (std::size_t j = 0; j < columns.size(); ++j) squares += users(i, j) * items(partner(i), partner(j));
    if (i < columns.factors) lengths += users(i, i) + items(i, i);
  }
  std::vector<double> parts(kParts);
  for_parts("factorise_objective", plays.users.size(),
            [&](std::size_t part, std::size_t begin, std::size_t end) {
              for (std::size_t user = begin; user < end; ++user) {
                for (const auto& [item, count] : plays.by_user.row(user)) {
                  const double q = factors.preference(user, item);
                  parts[part] += (1 + surplus_of(options, count)) * (1 - q) * (1 - q) - q * q;
                }
              }
            });
  double of_counts = 0;
  for (const double part : parts) of_counts += part;
  return squares + of_counts + options.lambda * lengths;
}

Factors factorise(const Plays& plays, const FactoriseOptions& options,
                  const std::function<bool(std::int64_t, double)>& after_sweep) {
  Factors factors = initial_factors(plays, options);
  for (std::int64_t sweep = 1; sweep <= options.sweeps; ++sweep) {
    solve_users(plays, options, factors);
    solve_items(plays, options, factors);
    const double reached = objective(plays, options, factors);
    factors.settings["sweeps"] = concat(sweep);
    factors.settings["objective"] = fmt::format("{}", reached);
    if (!after_sweep(sweep, reached)) break;
  }
  return factors;
}

}  // namespace sonograd::train
