#include "kernels/pointwise/pointwise_simd.h"

#include "kernels/core/simd_math.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

constexpr float kSqrtHalf = 0.70710678f;
constexpr float kInvSqrtTwoPi = 0.39894228f;

template <class F>
void map(const float* x, std::int64_t n, bool add, float* y, F f) {
  if (add) {
#pragma omp simd
    for (std::int64_t i = 0; i < n; ++i) y[i] += f(x[i]);
  } else {
#pragma omp simd
    for (std::int64_t i = 0; i < n; ++i) y[i] = f(x[i]);
  }
}

template <class F>
void map(const float* a, const float* b, std::int64_t n, bool add, float* y, F f) {
  if (add) {
#pragma omp simd
    for (std::int64_t i = 0; i < n; ++i) y[i] += f(a[i], b[i]);
  } else {
#pragma omp simd
    for (std::int64_t i = 0; i < n; ++i) y[i] = f(a[i], b[i]);
  }
}

inline SONOGRAD_INLINE float normal_distribution(float x) {
  return 0.5f + 0.5f * simd::erf(x * kSqrtHalf);
}
inline SONOGRAD_INLINE float normal_density(float x) {
  return kInvSqrtTwoPi * simd::exp(-0.5f * x * x);
}

}  // namespace

void unary(Unary function, float alpha, const float* x, std::int64_t n, bool add, float* y) {
  switch (function) {
    case Unary::relu:
      return map(x, n, add, y, [](float v) SONOGRAD_INLINE { return v < 0.0f ? 0.0f : v; });
    case Unary::sigmoid:
      return map(x, n, add, y, [](float v) SONOGRAD_INLINE { return simd::sigmoid(v); });
    case Unary::tanh:
      return map(x, n, add, y, [](float v) SONOGRAD_INLINE { return simd::tanh(v); });
    case Unary::gelu:
      return map(x, n, add, y, [](float v) SONOGRAD_INLINE { return v * normal_distribution(v); });
    case Unary::exp:
      return map(x, n, add, y, [](float v) SONOGRAD_INLINE { return simd::exp(v); });
    case Unary::log:
      return map(x, n, add, y, [](float v) SONOGRAD_INLINE { return simd::log(v); });
    case Unary::scale:
      return map(x, n, add, y, [alpha](float v) SONOGRAD_INLINE { return alpha * v; });
  }
}

void unary_gradient(Unary function, float alpha, const float* saved, const float* dy, std::int64_t n,
                    bool add, float* dx) {
  const auto apply = [=](auto f) SONOGRAD_INLINE { map(saved, dy, n, add, dx, f); };
  switch (function) {
    case Unary::relu:
      return apply([](float y, float d) SONOGRAD_INLINE { return y > 0.0f ? d : 0.0f; });
    case Unary::sigmoid:
      return apply([](float y, float d) SONOGRAD_INLINE { return d * y * (1.0f - y); });
    case Unary::tanh:
      return apply([](float y, float d) SONOGRAD_INLINE { return d * (1.0f - y * y); });
    case Unary::gelu:
      return apply([](float x, float d)
                       SONOGRAD_INLINE { return d * (normal_distribution(x) + x * normal_density(x)); });
    case Unary::exp:
      return apply([](float y, float d) SONOGRAD_INLINE { return d * y; });
    case Unary::log:
      return apply([](float x, float d) SONOGRAD_INLINE { return d / x; });
    case Unary::scale:
      return apply([alpha](float, float d) SONOGRAD_INLINE { return alpha * d; });
  }
}

void binary(Binary function, const float* a, const float* b, std::int64_t rows, std::int64_t n, bool add,
            float* y) {
  for (std::int64_t row = 0; row < rows; ++row, a += n, y += n) {
    switch (function) {
      case Binary::add:
        map(a, b, n, add, y, [](float u, float v) SONOGRAD_INLINE { return u + v; });
        break;
      case Binary::mul:
        map(a, b, n, add, y, [](float u, float v) SONOGRAD_INLINE { return u * v; });
        break;
    }
  }
}

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
