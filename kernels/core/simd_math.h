// Elementary functions for loops that the compiler vectorises: straight-line code without tables or calls,
// within a few units in the last place of the exact value. Infinities and NaN behave as in <cmath>.
#pragma once

#include <cstdint>

#include "kernels/core/simd_stored.h"

namespace sonograd::kernels::simd {

static inline SONOGRAD_INLINE float from_bits(std::int32_t bits) {
  return __builtin_bit_cast(float, bits);
}
static inline SONOGRAD_INLINE std::int32_t to_bits(float x) {
  return __builtin_bit_cast(std::int32_t, x);
}

/// The polynomial whose coefficients, highest power first, are `sum` and `rest`.
template <class... C>
static inline SONOGRAD_INLINE float polynomial(float x, float sum, C... rest) {
  ((sum = sum * x + rest), ...);
  return sum;
}

constexpr float kLn2High = 0x1.62e4p-1f;  // few bits: a whole number below 2^8 times it is exact
constexpr float kLn2Low = 0x1.7f7d1cp-20f;

/// x = n ln 2 + r with |r| <= ln(2) / 2; e^x = 2^n (1 + p) with p = e^r - 1 by its Taylor series.
struct ExpParts {
  std::int32_t n;
  float p;
};
static inline SONOGRAD_INLINE ExpParts exp_parts(float x) {
  constexpr float kRound = 0x1.8p23f;  // adding it leaves a whole number in the low bits of the mantissa
  const float shifted = x * 0x1.715476p+0f + kRound;
  const float n = shifted - kRound;
  const float r = (x - n * kLn2High) - n * kLn2Low;
  const float tail = polynomial(r, 1.0f / 5040, 1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 1.0f / 2);
  return {to_bits(shifted) - to_bits(kRound), r + r * r * tail};
}

static inline SONOGRAD_INLINE float power_of_two(std::int32_t n) {
  return from_bits((n + 127) << 23);
}

static inline SONOGRAD_INLINE float exp(float x) {
  x = x < -104.0f ? -104.0f : x;
  x = x > 89.0f ? 89.0f : x;
  const auto [n, p] = exp_parts(x);
  return (1.0f + p) * power_of_two(n >> 1) * power_of_two(n - (n >> 1));  // 2^n itself may be out of range
}

/// e^x - 1, which keeps all digits near zero.
static inline SONOGRAD_INLINE float expm1(float x) {
  x = x < -104.0f ? -104.0f : x;
  x = x > 89.0f ? 89.0f : x;
  const auto [n, p] = exp_parts(x);
  const float half = power_of_two(n >> 1), rest = power_of_two(n - (n >> 1));
  const float near_zero = half * p * rest + (half * rest - 1.0f);
  return n > 64 ? (1.0f + p) * half * rest : near_zero;
}

/// Natural logarithm, as ln(m) + e ln 2 with m in [sqrt(1/2), sqrt(2)) and ln(1 + f) = 2 artanh(f / (2 + f)).
static inline SONOGRAD_INLINE float log(float x) {
  constexpr float kInfinity = __builtin_inff();
  constexpr std::int32_t kSqrtHalf = 0x3f3504f3;
  const float magnitude = __builtin_fabsf(x);
  const bool subnormal = magnitude < 0x1p-126f;
  const std::int32_t bits = to_bits(subnormal ? magnitude * 0x1p23f : magnitude);
  const std::int32_t above = bits - kSqrtHalf;
  const auto e = static_cast<float>((above >> 23) - (subnormal ? 23 : 0));
  const float f = from_bits(bits - (above >> 23 << 23)) - 1.0f;
  const float s = f / (2.0f + f);
  const float tail = s * s * polynomial(s * s, 2.0f / 9, 2.0f / 7, 2.0f / 5, 2.0f / 3);
  float result = e * kLn2High + (f - (s * (f - tail) - e * kLn2Low));
  result = x < kInfinity ? result : x;  // infinity and NaN are their own logarithms
  result = x == 0.0f ? -kInfinity : result;
  return x < 0.0f ? __builtin_nanf("") : result;
}

/// ln(1 + x), with the rounding of 1 + x put right.
static inline SONOGRAD_INLINE float log1p(float x) {
  const float u = 1.0f + x, logarithm = log(u);
  const float corrected = logarithm + (x - (u - 1.0f)) / u;
  return u > 0.0f && u < __builtin_inff() ? corrected : logarithm;
}

static inline SONOGRAD_INLINE float sigmoid(float x) {
  return 1.0f / (1.0f + exp(-x));
}

/// tanh |x| = e / (e + 2) with e = exp(2 |x|) - 1, which keeps all digits near zero.
static inline SONOGRAD_INLINE float tanh(float x) {
  const float magnitude = __builtin_fabsf(x);
  const auto [n, p] = exp_parts(2.0f * (magnitude > 10.0f ? 10.0f : magnitude));
  const float scale = power_of_two(n);
  const float e = scale * p + (scale - 1.0f);
  return __builtin_copysignf(e / (e + 2.0f), x);
}

/// x (1 + P(x^2)) near zero, 1 - exp(-Q(|x|)) elsewhere; both are Chebyshev fits, errors below 1e-9 and 2e-8.
static inline SONOGRAD_INLINE float erf(float x) {
  const float magnitude = __builtin_fabsf(x);
  const float a = magnitude > 4.0f ? 4.0f : magnitude;
  const float near_zero =
      x * polynomial(x * x, 8.529401323e-5f, -8.179632181e-4f, 5.204226694e-3f, -2.686066479e-2f,
                     1.128371805e-1f, -3.761263519e-1f, 1.283791668e-1f);
  const float exponent =
      polynomial(a, -1.643063656e-6f, 4.616385863e-5f, -5.975857702e-4f, 4.762625833e-3f, -2.642763715e-2f,
                 1.100871665e-1f, 6.318239181e-1f, 1.130231055f, -3.185396624e-4f);
  const float far = __builtin_copysignf(1.0f - exp(-exponent), x);
  return magnitude < 0.9f ? x + near_zero : far;
}

/// Sum of term(i) for i < n, in blocks of 512: the error of one long sum grows with its number of terms.
template <class Term>
static inline SONOGRAD_INLINE float block_sum(std::int64_t n, Term term) {
  constexpr std::int64_t kBlock = 512;
  float sum = 0;
  for (std::int64_t start = 0; start < n; start += kBlock) {
    const std::int64_t end = n < start + kBlock ? n : start + kBlock;
    float part = 0;
#pragma omp simd reduction(+ : part)
    for (std::int64_t i = start; i < end; ++i) part += term(i);
    sum += part;
  }
  return sum;
}

/// The largest of n >= 1 values and the sum of exp(x - largest), the two numbers that softmax and log-softmax need.
struct ShiftedExpSum {
  float largest;
  float sum;
};
template <class T>
static inline SONOGRAD_INLINE ShiftedExpSum shifted_exp_sum(const T* x, std::int64_t n) {
  float largest = widen(x[0]);
#pragma omp simd reduction(max : largest)
  for (std::int64_t i = 0; i < n; ++i) {
    const float value = widen(x[i]);
    largest = value > largest ? value : largest;
  }
  return {largest, block_sum(n, [=](std::int64_t i) { return exp(widen(x[i]) - largest); })};
}

}  // namespace sonograd::kernels::simd
