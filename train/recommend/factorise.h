// Weighted matrix factorisation by alternating least squares (Hu, Koren, Volinsky, "Collaborative filtering for implicit feedback
// datasets", ICDM 2008), with the confidences and the bias of van den Oord, Dieleman, Schrauwen (NIPS 2013; repository
// benanne/wmf).
//
// A count r of a user u and an item i is a preference p = 1 with confidence c = 1 + s(r); pairs without a count have p = 0 and c = 1.
// The factors minimise, over all pairs,
//
//   Σ_ui c_ui (p_ui − q_ui)² + λ (Σ_u |x_u|² + Σ_i |y_i|²),   q_ui = x_uᵀ y_i, with `bias` x_uᵀ y_i + b_u + b_i.
//
// Biases are not in the second term. They are the last columns of the factor matrices: a solution for users has one more unknown,
// b_u, whose column of the items is all ones, and p_ui − b_i for p_ui.
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "tensor/support/range.h"
#include "tensor/support/words.h"
#include "train/recommend/factors.h"
#include "train/recommend/plays.h"

namespace sonograd::train {

/// Confidence s(r) that a count adds to 1.
enum class Surplus {
  log,    ///< α ln(1 + r / ε)
  linear  ///< α r
};

}  // namespace sonograd::train

namespace sonograd {
template <>
inline constexpr auto kWords<train::Surplus> =
    std::to_array<Word<train::Surplus>>({{"log", train::Surplus::log}, {"linear", train::Surplus::linear}});
}  // namespace sonograd

namespace sonograd::train {

inline constexpr NumberRange kFactorRange{1, static_cast<double>(kMostFactorColumns - 1)};
inline constexpr NumberRange kAlphaRange{0, 1e6};
inline constexpr NumberRange kEpsilonRange{1e-12, 1e6};
inline constexpr NumberRange kLambdaRange{1e-12, 1e12};
inline constexpr NumberRange kSweepRange{1, 10000};

/// Values outside of the ranges above are the caller's fault.
struct FactoriseOptions {
  std::int64_t factors = 40;  ///< without the bias
  bool bias = false;
  Surplus surplus = Surplus::log;
  double alpha = 2;
  double epsilon = 1e-6;  ///< of `log`
  double lambda = 1e-5;
  std::int64_t sweeps = 20;  ///< users, then items
  std::uint64_t seed = 0;    ///< of the first item factors
};

/// Factors to start from: those of items, with their biases, are N(0, 0.01²), those of users 0.
Factors initial_factors(const Plays& plays, const FactoriseOptions& options);

/// Half-sweeps: the factors of all users, or of all items, that minimise the objective for those of the other side. Each row is a
/// system of equations in double precision. On `threads()` threads, with the same bits for any number. Throws ConfigError when a system has
/// no solution in double precision, with the user or item.
void solve_users(const Plays& plays, const FactoriseOptions& options, Factors& factors);
void solve_items(const Plays& plays, const FactoriseOptions& options, Factors& factors);

/// The sum above over all pairs, in time that grows with users, items and counts, not with their pairs; the same bits for any number of
/// threads.
double objective(const Plays& plays, const FactoriseOptions& options, const Factors& factors);

/// All sweeps. `after_sweep` receives the number of sweeps done and the objective; false stops there. Throws as the half-sweeps do.
Factors factorise(const Plays& plays, const FactoriseOptions& options,
                  const std::function<bool(std::int64_t sweeps, double objective)>& after_sweep);

}  // namespace sonograd::train
