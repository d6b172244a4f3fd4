// Elementwise losses and their derivatives, on the device.
#pragma once

#include <cmath>

#include "kernels/losses/loss.h"
#include "kernels/simt/simt.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// Weighted losses of a batch and its targets.
struct WeightedCriterion {
  Criterion criterion;
  const float *x, *target;     // [rows, tags]
  const float* weight;         // [tags], or null: all 1
  const std::uint8_t* marked;  // [tags], for bce_mse_mix; else null
  std::int64_t tags;

  /// Args: those of either direction.
  template <class Args>
  WeightedCriterion(const LossProblem& p, const Args& a)
      : criterion(p.criterion),
        x(a.x.template data<float>()),
        target(a.target.template data<float>()),
        weight(a.weight.defined() ? a.weight.template data<float>() : nullptr),
        marked(p.criterion == Criterion::bce_mse_mix ? a.marked.template data<std::uint8_t>() : nullptr),
        tags(p.tags) {}

  __device__ float value(std::int64_t i) const {
    const std::int64_t tag = i % tags;
    return weight_of(tag) * value(squares(tag), x[i], target[i]);
  }
  __device__ float derivative(std::int64_t i) const {
    const std::int64_t tag = i % tags;
    return weight_of(tag) * derivative(squares(tag), x[i], target[i]);
  }

 private:
  __device__ bool squares(std::int64_t tag) const {
    return criterion == Criterion::mse_with_logits || (marked != nullptr && marked[tag] != 0);
  }
  __device__ float weight_of(std::int64_t tag) const { return weight == nullptr ? 1 : weight[tag]; }
  __device__ static float sigmoid(float v) { return 1 / (1 + std::exp(-v)); }

  __device__ float value(bool squared, float v, float t) const {
    if (criterion == Criterion::squared_error) return (v - t) * (v - t);
    if (squared) return (sigmoid(v) - t) * (sigmoid(v) - t);
    return (v > 0 ? v : 0) - v * t + std::log1p(std::exp(-std::fabs(v)));
  }
  __device__ float derivative(bool squared, float v, float t) const {
    if (criterion == Criterion::squared_error) return 2 * (v - t);
    const float s = sigmoid(v);
    return (s - t) * (squared ? 2 * s * (1 - s) : 1);
  }
};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
