// Pointwise functions in double precision, for `reference` rows.
#pragma once

#include <cmath>
#include <numbers>

#include "kernels/pointwise/functions.h"

namespace sonograd::kernels::cpu {

struct ExactMath {
  static double exp(double x) { return std::exp(x); }
  static double expm1(double x) { return std::expm1(x); }
  static double log(double x) { return std::log(x); }
  static double log1p(double x) { return std::log1p(x); }
  static double sqrt(double x) { return std::sqrt(x); }
  static double tanh(double x) { return std::tanh(x); }
  static double normal_distribution(double x) { return 0.5 * (1 + std::erf(x / std::numbers::sqrt2)); }
  static double normal_density(double x) { return std::exp(-0.5 * x * x) / std::sqrt(2 * std::numbers::pi); }
};

/// y = f(x).
inline double exact_value(Unary function, double alpha, double x) {
#define SONOGRAD_CASE(name, Functor) \
  case Unary::name:                  \
    return functions::Functor::value<ExactMath>(x, alpha);
  switch (function) { SONOGRAD_UNARY_FUNCTIONS(SONOGRAD_CASE) }
#undef SONOGRAD_CASE
  return 0;
}

/// dy f'(x); `saved` is the value that `saved_by(function)` names.
inline double exact_gradient(Unary function, double alpha, double saved, double dy) {
#define SONOGRAD_CASE(name, Functor) \
  case Unary::name:                  \
    return functions::Functor::gradient<ExactMath>(saved, dy, alpha);
  switch (function) { SONOGRAD_UNARY_FUNCTIONS(SONOGRAD_CASE) }
#undef SONOGRAD_CASE
  return 0;
}

/// y = f(a, b).
inline double exact_value(Binary function, double a, double b) {
#define SONOGRAD_CASE(name, Functor) \
  case Binary::name:                 \
    return functions::Functor::value(a, b);
  switch (function) { SONOGRAD_BINARY_FUNCTIONS(SONOGRAD_CASE) }
#undef SONOGRAD_CASE
  return 0;
}

}  // namespace sonograd::kernels::cpu
