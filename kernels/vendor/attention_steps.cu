// Softmax, dropout and gradients of attention between products by another library: a warp per query, a lane per key, so that
// neighbouring lanes read neighbouring scores. Forward reads the scores three times, the last two from the cache, and writes the
// weights; backward reads scores and gradients once and writes weights and errors. Limit: that traffic, T * S numbers per head.
#include "kernels/attention/attention.cuh"
#include "kernels/vendor/attention_steps.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

template <class S>
struct StepParams {
  AttentionParams<S> a;
  const float *scores, *gradients;  // [N, heads, T, S]
  S *weights, *errors;
};

template <class S>
__device__ float dropout_factor(const AttentionParams<S>& p, std::int64_t row, int s) {
  return p.dropout.active ? p.dropout.factor(word_of(p.dropout.words(row, s / 4), s % 4)) : 1.0f;
}

template <class S>
SONOGRAD_KERNEL(kRowThreads, attention_softmax_kernel, StepParams<S> params) {
  const AttentionParams<S>& p = params.a;
  const std::int64_t row = row_of_warp();
  if (row >= p.examples * p.heads * p.queries) return;
  constexpr int kLanes = static_cast<int>(kWarpSize);
  constexpr float kHidden = -std::numeric_limits<float>::infinity();
  const int t = static_cast<int>(row % p.queries), lane = static_cast<int>(lane_index());
  const float* scores = params.scores + row * p.keys;
  float largest = kHidden;
  for (int s = lane; s < p.keys; s += kLanes) {
    const float z = scores[s] + p.bias_of(t, s);
    largest = z > largest ? z : largest;
  }
  largest = warp_max(largest);
  const float shift = largest == kHidden ? 0.0f : largest;
  float sum = 0;
  for (int s = lane; s < p.keys; s += kLanes) sum += std::exp(scores[s] + p.bias_of(t, s) - shift);
  sum = warp_sum(sum);
  const float factor = sum == 0 ? 0.0f : 1 / sum;
  for (int s = lane; s < p.keys; s += kLanes) {
    const float w = std::exp(scores[s] + p.bias_of(t, s) - shift) * factor;
    params.weights[row * p.keys + s] = narrow<S>(w * dropout_factor(p, row, s));
  }
  if (lane == 0) p.logsumexp[row] = sum == 0 ? 0.0f : shift + std::log(sum);
}

template <class S>
SONOGRAD_KERNEL(kRowThreads, attention_errors_kernel, StepParams<S> params) {
  const AttentionParams<S>& p = params.a;
  const std::int64_t row = row_of_warp();
  if (row >= p.examples * p.heads * p.queries) return;
  const std::int64_t n = row / p.queries / p.heads, h = row / p.queries % p.heads;
  const int t = static_cast<int>(row % p.queries);
  const S* dy = p.dy.head(n, h, p.head_size) + t * p.dy.row_step;
  const S* y = p.y.head(n, h, p.head_size) + t * p.y.row_step;
  const float mean = sum_of_row(p.head_size, [=](std::int64_t c) { return widen(dy[c]) * widen(y[c]); });
  const float logsumexp = p.logsumexp[row];
  for (int s = static_cast<int>(lane_index()); s < p.keys; s += static_cast<int>(kWarpSize)) {
    const std::int64_t at = row * p.keys + s;
    const float r = dropout_factor(p, row, s);
    const float w = std::exp(params.scores[at] + p.bias_of(t, s) - logsumexp);
    const float e = w * (r * params.gradients[at] - mean);
    params.weights[at] = narrow<S>(w * r);
    params.errors[at] = narrow<S>(e);
  }
}

}  // namespace

void attention_softmax(const AttentionProblem& p, const AttentionForward::Args& args, const float* scores,
                       const View& weights) {
  visit_stored(p.dtype, [&](auto tag) {
    using S = decltype(tag);
    launch("attention_softmax", attention_softmax_kernel<S>, grid_of_rows(p.sums_shape().numel()),
           {attention_params<S>(p, args), scores, nullptr, weights.data<S>(), nullptr});
  });
}

void attention_errors(const AttentionProblem& p, const AttentionBackward::Args& args, const float* scores,
                      const float* gradients, const View& weights, const View& errors) {
  visit_stored(p.dtype, [&](auto tag) {
    using S = decltype(tag);
    launch("attention_errors", attention_errors_kernel<S>, grid_of_rows(p.sums_shape().numel()),
           {attention_params<S>(p, args), scores, gradients, weights.data<S>(), errors.data<S>()});
  });
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
