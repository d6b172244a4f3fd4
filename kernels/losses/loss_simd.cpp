#include "kernels/losses/loss_simd.h"

#include "kernels/core/simd_math.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

inline SONOGRAD_INLINE float square(float x) {
  return x * x;
}

inline SONOGRAD_INLINE float bce(float x, float t) {
  return (x > 0.0f ? x : 0.0f) - x * t + simd::log(1.0f + simd::exp(-__builtin_fabsf(x)));
}

// Weighted sum of `f(x, t, tag)` over the tags of a row.
template <class F>
inline SONOGRAD_INLINE float row_sum(TagRules rules, const float* x, const float* t, std::int64_t tags, F f) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < tags; ++i) {
    sum += (rules.weight != nullptr ? rules.weight[i] : 1.0f) * f(x[i], t[i], i);
  }
  return sum;
}

template <class F>
inline SONOGRAD_INLINE void row_gradient(TagRules rules, const float* x, const float* t, float scale,
                                         std::int64_t tags, bool add, float* dx, F f) {
#pragma omp simd
  for (std::int64_t i = 0; i < tags; ++i) {
    const float d = (rules.weight != nullptr ? rules.weight[i] * scale : scale) * f(x[i], t[i], i);
    dx[i] = add ? dx[i] + d : d;
  }
}

}  // namespace

float loss_sum(Criterion criterion, TagRules rules, const float* x, const float* target, std::int64_t rows,
               std::int64_t tags) {
  float sum = 0;
  for (std::int64_t row = 0; row < rows; ++row, x += tags, target += tags) {
    switch (criterion) {
      case Criterion::squared_error:
        sum += row_sum(rules, x, target, tags,
                       [](float v, float t, std::int64_t) SONOGRAD_INLINE { return square(v - t); });
        break;
      case Criterion::bce_with_logits:
        sum += row_sum(rules, x, target, tags,
                       [](float v, float t, std::int64_t) SONOGRAD_INLINE { return bce(v, t); });
        break;
      case Criterion::bce_mse_mix:
        sum += row_sum(rules, x, target, tags,
                       [marked = rules.marked](float v, float t, std::int64_t i) SONOGRAD_INLINE {
                         const float squared = square(simd::sigmoid(v) - t);
                         const float crossed = bce(v, t);
                         return marked[i] != 0 ? squared : crossed;
                       });
        break;
      case Criterion::mse_with_logits:
        sum += row_sum(rules, x, target, tags, [](float v, float t, std::int64_t) SONOGRAD_INLINE {
          return square(simd::sigmoid(v) - t);
        });
        break;
    }
  }
  return sum;
}

void loss_gradient(Criterion criterion, TagRules rules, const float* x, const float* target, float scale,
                   std::int64_t rows, std::int64_t tags, bool add, float* dx) {
  for (std::int64_t row = 0; row < rows; ++row, x += tags, target += tags, dx += tags) {
    switch (criterion) {
      case Criterion::squared_error:
        row_gradient(rules, x, target, scale, tags, add, dx,
                     [](float v, float t, std::int64_t) SONOGRAD_INLINE { return 2.0f * (v - t); });
        break;
      case Criterion::bce_with_logits:
        row_gradient(rules, x, target, scale, tags, add, dx,
                     [](float v, float t, std::int64_t) SONOGRAD_INLINE { return simd::sigmoid(v) - t; });
        break;
      case Criterion::bce_mse_mix:
        row_gradient(rules, x, target, scale, tags, add, dx,
                     [marked = rules.marked](float v, float t, std::int64_t i) SONOGRAD_INLINE {
                       const float s = simd::sigmoid(v);
                       return (s - t) * (marked[i] != 0 ? 2.0f * s * (1.0f - s) : 1.0f);
                     });
        break;
      case Criterion::mse_with_logits:
        row_gradient(rules, x, target, scale, tags, add, dx,
                     [](float v, float t, std::int64_t) SONOGRAD_INLINE {
                       const float s = simd::sigmoid(v);
                       return (s - t) * (2.0f * s * (1.0f - s));
                     });
        break;
    }
  }
}

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
