// All weights in global memory: the formulas one after the other.
//
// Weights: a warp per query, a lane per key; scores, exponentials and weights are written over each other. Results: a thread
// per element, which sums over all keys or queries. Traffic: T * S floats per head are written three times and read d + 4
// times, and every score reads both of its rows. That memory is also the limit of the number of queries and keys.
#include "kernels/attention/attention.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 128;

template <class S>
struct NaiveParams {
  AttentionParams<S> a;
  float *weights, *errors;  // [N, heads, T, S]; backward: w r, and w (g - mean)
};

// Example, head and position of a row of [N, heads, length].
struct HeadRow {
  std::int64_t n, h;
  int position;

  template <class S>
  __device__ HeadRow(const AttentionParams<S>& p, std::int64_t row, int length)
      : n(row / length / p.heads), h(row / length % p.heads), position(static_cast<int>(row % length)) {}
};

template <class S>
__device__ float dot_rows(const AttentionRows<const S>& a, int a_row, const AttentionRows<const S>& b,
                          int b_row, const HeadRow& at, int size) {
  const S* x = a.head(at.n, at.h, size) + a_row * a.row_step;
  const S* y = b.head(at.n, at.h, size) + b_row * b.row_step;
  float sum = 0;
  for (int c = 0; c < size; ++c) sum += widen(x[c]) * widen(y[c]);
  return sum;
}

template <class S>
__device__ float naive_score(const AttentionParams<S>& p, const HeadRow& at, int s) {
  if (!p.is_visible(at.n, s)) return -std::numeric_limits<float>::infinity();
  return dot_rows(p.q, at.position, p.k, s, at, p.head_size) * p.scale + p.bias_of(at.position, s);
}

template <class S>
SONOGRAD_KERNEL(kRowThreads, attention_weights_kernel, NaiveParams<S> params) {
  const AttentionParams<S>& p = params.a;
  const std::int64_t row = row_of_warp();
  if (row >= p.examples * p.heads * p.queries) return;
  const HeadRow at(p, row, p.queries);
  float* weights = params.weights + row * p.keys;
  constexpr float kHidden = -std::numeric_limits<float>::infinity();
  float largest = kHidden;
  for (int s = static_cast<int>(lane_index()); s < p.keys; s += static_cast<int>(kWarpSize)) {
    const float z = naive_score(p, at, s);
    weights[s] = z;
    largest = z > largest ? z : largest;
  }
  largest = warp_max(largest);
  const float shift = largest == kHidden ? 0.0f : largest;
  float sum = 0;
  for (int s = static_cast<int>(lane_index()); s < p.keys; s += static_cast<int>(kWarpSize)) {
    weights[s] = std::exp(weights[s] - shift);
    sum += weights[s];
  }
  sum = warp_sum(sum);
  const float factor = sum == 0 ? 0.0f : 1 / sum;
  for (int s = static_cast<int>(lane_index()); s < p.keys; s += static_cast<int>(kWarpSize)) {
    float w = weights[s] * factor;
    if (p.dropout.active) w *= p.dropout.factor(word_of(p.dropout.words(row, s / 4), s % 4));
    weights[s] = w;
  }
  if (lane_index() == 0 && p.logsumexp != nullptr) p.logsumexp[row] = sum == 0 ? 0.0f : shift + std::log(sum);
}

template <class S>
SONOGRAD_KERNEL(kRowThreads, attention_errors_kernel, NaiveParams<S> params) {
  const AttentionParams<S>& p = params.a;
  const std::int64_t row = row_of_warp();
  if (row >= p.examples * p.heads * p.queries) return;
  const HeadRow at(p, row, p.queries);
  const float mean = dot_rows(p.dy, at.position, p.y, at.position, at, p.head_size);
  for (int s = static_cast<int>(lane_index()); s < p.keys; s += static_cast<int>(kWarpSize)) {
    float w = 0, e = 0;
    if (p.is_visible(at.n, s)) {
      const float r = p.dropout.active ? p.dropout.factor(word_of(p.dropout.words(row, s / 4), s % 4)) : 1.0f;
      w = std::exp(naive_score(p, at, s) - p.logsumexp[row]);
      e = w * (r * dot_rows(p.dy, at.position, p.v, s, at, p.head_size) - mean);
      w *= r;
    }
    params.weights[row * p.keys + s] = w;
    params.errors[row * p.keys + s] = e;
  }
}

// A sum of rows of `from` for each element of a result: of keys for a query, or of queries for a key.
template <class S>
struct SumParams {
  AttentionParams<S> a;
  const float* factors;  // [N, heads, T, S]
  AttentionRows<const S> from;
  AttentionRows<S> to;
  bool of_keys;
  float scale;
};

template <class S>
SONOGRAD_KERNEL(kThreads, attention_sums_kernel, SumParams<S> params) {
  const AttentionParams<S>& p = params.a;
  const std::int64_t index = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  const int rows = params.of_keys ? p.queries : p.keys, terms = params.of_keys ? p.keys : p.queries;
  if (index >= p.examples * p.heads * rows * p.head_size) return;
  const HeadRow at(p, index / p.head_size, rows);
  const int c = static_cast<int>(index % p.head_size);
  const float* factors = params.factors + (at.n * p.heads + at.h) * p.queries * p.keys +
                         std::int64_t{at.position} * (params.of_keys ? p.keys : 1);
  const S* from = params.from.head(at.n, at.h, p.head_size) + c;
  float sum = 0;
  for (int i = 0; i < terms; ++i) {
    if (params.of_keys && !p.is_visible(at.n, i)) continue;
    sum += factors[std::int64_t{i} * (params.of_keys ? 1 : p.keys)] * widen(from[i * params.from.row_step]);
  }
  // The factors of a hidden key are 0, but queries may be infinite or NaN.
  if (!params.of_keys && !p.is_visible(at.n, at.position)) sum = 0;
  S* to = params.to.head(at.n, at.h, p.head_size) + at.position * params.to.row_step + c;
  write(*to, sum * params.scale, params.to.add);
}

template <class S>
void launch_sums(const SumParams<S>& params) {
  const AttentionParams<S>& p = params.a;
  if (params.to.data == nullptr) return;
  const std::int64_t elements =
      p.examples * p.heads * (params.of_keys ? p.queries : p.keys) * std::int64_t{p.head_size};
  launch("attention_sums", attention_sums_kernel<S>, {{blocks_for(elements, kThreads)}, {kThreads}}, params);
}

std::size_t weights_count(const AttentionProblem& p) {
  return static_cast<std::size_t>(p.weights_shape().numel());
}

void run_forward(const AttentionProblem& p, const AttentionForward::Args& args, const Context&,
                 Workspace workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using S = decltype(tag);
    const auto a = attention_params<S>(p, args);
    float* weights = workspace.take<float>(weights_count(p));
    launch("attention_weights", attention_weights_kernel<S>, grid_of_rows(p.sums_shape().numel()),
           {a, weights, nullptr});
    launch_sums<S>({a, weights, a.v, a.out, true, 1.0f});
  });
}

void run_weights(const AttentionProblem& p, const AttentionWeights::Args& args, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using S = decltype(tag);
    auto a = attention_params<S>(p, args.q, args.k, {}, args.key_mask, args.bias);
    a.dropout.active = false;
    launch("attention_weights", attention_weights_kernel<S>, grid_of_rows(p.sums_shape().numel()),
           {a, args.weights.data<float>(), nullptr});
  });
}

void run_backward(const AttentionProblem& p, const AttentionBackward::Args& args, const Context&,
                  Workspace workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using S = decltype(tag);
    const auto a = attention_params<S>(p, args);
    float* weights = workspace.take<float>(weights_count(p));
    float* errors = workspace.take<float>(weights_count(p));
    launch("attention_errors", attention_errors_kernel<S>, grid_of_rows(p.sums_shape().numel()),
           {a, weights, errors});
    launch_sums<S>({a, errors, a.k, a.out, true, a.scale});
    launch_sums<S>({a, errors, a.q, a.dk, false, a.scale});
    launch_sums<S>({a, weights, a.dy, a.dv, false, 1.0f});
  });
}

}  // namespace

extern const KernelVariant<AttentionForward> attention_forward_naive = {
    .name = "naive",
    .target = kTarget,
    .why_not = why_not_attention,
    .workspace = [](const AttentionProblem& p) { return Workspace::bytes<float>(weights_count(p)); },
    .run = run_forward};
extern const KernelVariant<AttentionBackward> attention_backward_naive = {
    .name = "naive",
    .target = kTarget,
    .why_not = why_not_attention,
    .workspace = [](const AttentionProblem& p) { return 2 * Workspace::bytes<float>(weights_count(p)); },
    .run = run_backward};
extern const KernelVariant<AttentionWeights> attention_weights_naive = {
    .name = "naive", .target = kTarget, .why_not = why_not_attention, .run = run_weights};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
