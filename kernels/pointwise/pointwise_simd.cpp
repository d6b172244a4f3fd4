#include "kernels/pointwise/pointwise_simd.h"

#include "kernels/core/simd_math.h"
#include "kernels/core/simd_stored.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

using simd::narrow, simd::widen;

struct SimdMath {
  static inline SONOGRAD_INLINE float exp(float x) { return simd::exp(x); }
  static inline SONOGRAD_INLINE float expm1(float x) { return simd::expm1(x); }
  static inline SONOGRAD_INLINE float log(float x) { return simd::log(x); }
  static inline SONOGRAD_INLINE float log1p(float x) { return simd::log1p(x); }
  static inline SONOGRAD_INLINE float sqrt(float x) { return __builtin_sqrtf(x); }
  static inline SONOGRAD_INLINE float tanh(float x) { return simd::tanh(x); }
  static inline SONOGRAD_INLINE float normal_distribution(float x) {
    return 0.5f + 0.5f * simd::erf(x * 0.70710678f);  // sqrt(1/2)
  }
  static inline SONOGRAD_INLINE float normal_density(float x) {
    return 0.39894228f * simd::exp(-0.5f * x * x);  // 1 / sqrt(2 pi)
  }
};

// y[i] (= or +=) f(i)
template <class T, class F>
inline SONOGRAD_INLINE void map(std::int64_t n, bool add, T* y, F f) {
  if (add) {
#pragma omp simd
    for (std::int64_t i = 0; i < n; ++i) narrow(widen(y[i]) + f(i), y[i]);
  } else {
#pragma omp simd
    for (std::int64_t i = 0; i < n; ++i) narrow(f(i), y[i]);
  }
}

template <class T, class F>
inline SONOGRAD_INLINE void binary_rows(BinaryOperands<T> from, std::int64_t rows, std::int64_t n, bool add,
                                        T* y, F f) {
  for (std::int64_t row = 0; row < rows; ++row, from.a += from.a_row, from.b += from.b_row, y += n) {
    const T *a = from.a, *b = from.b;
    if (from.a_step == 0) {
      const float u = widen(*a);
      map(n, add, y, [=](std::int64_t i) SONOGRAD_INLINE { return f(u, widen(b[i])); });
    } else if (from.b_step == 0) {
      const float v = widen(*b);
      map(n, add, y, [=](std::int64_t i) SONOGRAD_INLINE { return f(widen(a[i]), v); });
    } else {
      map(n, add, y, [=](std::int64_t i) SONOGRAD_INLINE { return f(widen(a[i]), widen(b[i])); });
    }
  }
}

}  // namespace

template <class T>
void unary(Unary function, float alpha, const T* x, std::int64_t n, bool add, T* y) {
#define SONOGRAD_CASE(name, Functor)                                         \
  case Unary::name:                                                          \
    return map(n, add, y, [=](std::int64_t i) SONOGRAD_INLINE {              \
      return functions::Functor::value<SimdMath, float>(widen(x[i]), alpha); \
    });
  switch (function) { SONOGRAD_UNARY_FUNCTIONS(SONOGRAD_CASE) }
#undef SONOGRAD_CASE
}

template <class T>
void unary_gradient(Unary function, float alpha, const T* saved, const T* dy, std::int64_t n, bool add,
                    T* dx) {
#define SONOGRAD_CASE(name, Functor)                                                              \
  case Unary::name:                                                                               \
    return map(n, add, dx, [=](std::int64_t i) SONOGRAD_INLINE {                                  \
      return functions::Functor::gradient<SimdMath, float>(widen(saved[i]), widen(dy[i]), alpha); \
    });
  switch (function) { SONOGRAD_UNARY_FUNCTIONS(SONOGRAD_CASE) }
#undef SONOGRAD_CASE
}

template <class T>
void binary(Binary function, const BinaryOperands<T>& from, std::int64_t rows, std::int64_t n, bool add,
            T* y) {
#define SONOGRAD_CASE(name, Functor)          \
  case Binary::name:                          \
    return binary_rows(from, rows, n, add, y, \
                       [](float a, float b) SONOGRAD_INLINE { return functions::Functor::value(a, b); });
  switch (function) { SONOGRAD_BINARY_FUNCTIONS(SONOGRAD_CASE) }
#undef SONOGRAD_CASE
}

template void unary(Unary, float, const float*, std::int64_t, bool, float*);
template void unary(Unary, float, const bf16*, std::int64_t, bool, bf16*);
template void unary_gradient(Unary, float, const float*, const float*, std::int64_t, bool, float*);
template void unary_gradient(Unary, float, const bf16*, const bf16*, std::int64_t, bool, bf16*);
template void binary(Binary, const BinaryOperands<float>&, std::int64_t, std::int64_t, bool, float*);
template void binary(Binary, const BinaryOperands<bf16>&, std::int64_t, std::int64_t, bool, bf16*);

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
