// Pointwise functions in float32 on the device, also for kernels that apply one of them to their results.
#pragma once

#include <cmath>
#include <numbers>

#include "kernels/pointwise/functions.h"
#include "kernels/simt/simt.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

struct DeviceMath {
  __device__ static float exp(float x) { return std::exp(x); }
  __device__ static float expm1(float x) { return std::expm1(x); }
  __device__ static float log(float x) { return std::log(x); }
  __device__ static float log1p(float x) { return std::log1p(x); }
  __device__ static float sqrt(float x) { return std::sqrt(x); }
  __device__ static float tanh(float x) { return std::tanh(x); }
  __device__ static float normal_distribution(float x) {
    return 0.5f * std::erfc(-x / std::numbers::sqrt2_v<float>);
  }
  __device__ static float normal_density(float x) {
    return std::exp(-0.5f * x * x) * 0.398942280f;  // 1 / sqrt(2 pi)
  }
};

/// y = f(x).
__device__ inline float value_of(Unary function, float alpha, float x) {
#define SONOGRAD_CASE(name, Functor) \
  case Unary::name:                  \
    return functions::Functor::value<DeviceMath>(x, alpha);
  switch (function) { SONOGRAD_UNARY_FUNCTIONS(SONOGRAD_CASE) }
#undef SONOGRAD_CASE
  return 0;
}

/// dy f'(x); `saved` is the value that `saved_by(function)` names.
__device__ inline float gradient_of(Unary function, float alpha, float saved, float dy) {
#define SONOGRAD_CASE(name, Functor) \
  case Unary::name:                  \
    return functions::Functor::gradient<DeviceMath>(saved, dy, alpha);
  switch (function) { SONOGRAD_UNARY_FUNCTIONS(SONOGRAD_CASE) }
#undef SONOGRAD_CASE
  return 0;
}

/// y = f(a, b).
__device__ inline float value_of(Binary function, float a, float b) {
#define SONOGRAD_CASE(name, Functor) \
  case Binary::name:                 \
    return functions::Functor::value(a, b);
  switch (function) { SONOGRAD_BINARY_FUNCTIONS(SONOGRAD_CASE) }
#undef SONOGRAD_CASE
  return 0;
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
