#include "kernels/pointwise/pointwise_simd.h"

#include "kernels/core/simd_math.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

struct SimdMath {
  static inline SONOGRAD_INLINE float exp(float x) { return simd::exp(x); }
  static inline SONOGRAD_INLINE float log(float x) { return simd::log(x); }
  static inline SONOGRAD_INLINE float tanh(float x) { return simd::tanh(x); }
  static inline SONOGRAD_INLINE float normal_distribution(float x) {
    return 0.5f + 0.5f * simd::erf(x * 0.70710678f);  // sqrt(1/2)
  }
  static inline SONOGRAD_INLINE float normal_density(float x) {
    return 0.39894228f * simd::exp(-0.5f * x * x);  // 1 / sqrt(2 pi)
  }
};

// y[i] (= or +=) f(i)
template <class F>
inline SONOGRAD_INLINE void map(std::int64_t n, bool add, float* y, F f) {
  if (add) {
#pragma omp simd
    for (std::int64_t i = 0; i < n; ++i) y[i] += f(i);
  } else {
#pragma omp simd
    for (std::int64_t i = 0; i < n; ++i) y[i] = f(i);
  }
}

template <class F>
inline SONOGRAD_INLINE void binary_rows(BinaryOperands from, std::int64_t rows, std::int64_t n, bool add,
                                        float* y, F f) {
  for (std::int64_t row = 0; row < rows; ++row, from.a += from.a_row, from.b += from.b_row, y += n) {
    const float *a = from.a, *b = from.b;
    if (from.a_step == 0) {
      const float u = *a;
      map(n, add, y, [=](std::int64_t i) SONOGRAD_INLINE { return f(u, b[i]); });
    } else if (from.b_step == 0) {
      const float v = *b;
      map(n, add, y, [=](std::int64_t i) SONOGRAD_INLINE { return f(a[i], v); });
    } else {
      map(n, add, y, [=](std::int64_t i) SONOGRAD_INLINE { return f(a[i], b[i]); });
    }
  }
}

}  // namespace

void unary(Unary function, float alpha, const float* x, std::int64_t n, bool add, float* y) {
#define SONOGRAD_CASE(name, Functor)                                  \
  case Unary::name:                                                   \
    return map(n, add, y, [=](std::int64_t i) SONOGRAD_INLINE {       \
      return functions::Functor::value<SimdMath, float>(x[i], alpha); \
    });
  switch (function) { SONOGRAD_UNARY_FUNCTIONS(SONOGRAD_CASE) }
#undef SONOGRAD_CASE
}

void unary_gradient(Unary function, float alpha, const float* saved, const float* dy, std::int64_t n,
                    bool add, float* dx) {
#define SONOGRAD_CASE(name, Functor)                                                \
  case Unary::name:                                                                 \
    return map(n, add, dx, [=](std::int64_t i) SONOGRAD_INLINE {                    \
      return functions::Functor::gradient<SimdMath, float>(saved[i], dy[i], alpha); \
    });
  switch (function) { SONOGRAD_UNARY_FUNCTIONS(SONOGRAD_CASE) }
#undef SONOGRAD_CASE
}

void binary(Binary function, const BinaryOperands& from, std::int64_t rows, std::int64_t n, bool add,
            float* y) {
#define SONOGRAD_CASE(name, Functor)          \
  case Binary::name:                          \
    return binary_rows(from, rows, n, add, y, \
                       [](float a, float b) SONOGRAD_INLINE { return functions::Functor::value(a, b); });
  switch (function) { SONOGRAD_BINARY_FUNCTIONS(SONOGRAD_CASE) }
#undef SONOGRAD_CASE
}

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
