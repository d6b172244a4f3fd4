// Rows of the CPU: the formulas as loops.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/attention/attention.h"
#include "kernels/core/reference.h"

namespace sonograd::kernels::cpu {
namespace {

constexpr double kHidden = -std::numeric_limits<double>::infinity();

// One example and head, with indices as in the formulas.
template <class T>
struct ReferenceHead {
  const AttentionProblem& p;
  std::int64_t n, h;

  // Feature c of row `row`.
  std::int64_t at(const View& view, std::int64_t row, std::int64_t c) const {
    return n * view.stride(0) + row * view.stride(1) + h * p.head_size + c;
  }
  double value(const View& view, std::int64_t row, std::int64_t c) const {
    return static_cast<double>(widen(view.data<T>()[at(view, row, c)]));
  }
  std::int64_t row(std::int64_t t) const { return (n * p.heads + h) * p.queries + t; }
  bool is_visible(const View& key_mask, std::int64_t s) const {
    return !p.has_key_mask || key_mask.data<std::uint8_t>()[n * p.keys + s] != 0;
  }
  double dot(const View& a, std::int64_t a_row, const View& b, std::int64_t b_row) const {
    double sum = 0;
    for (std::int64_t c = 0; c < p.head_size; ++c) sum += value(a, a_row, c) * value(b, b_row, c);
    return sum;
  }
  // Scores of query t; -inf for hidden keys.
  std::vector<double> scores(const View& q, const View& k, const View& key_mask, const View& bias,
                             std::int64_t t) const {
    std::vector<double> z(static_cast<std::size_t>(p.keys), kHidden);
    for (std::int64_t s = 0; s < p.keys; ++s) {
      if (!is_visible(key_mask, s)) continue;
      z[static_cast<std::size_t>(s)] =
          p.scale * dot(q, t, k, s) +
          (p.has_bias ? bias.data<Computed<T>>()[t * p.keys + s] : Computed<T>(0));
    }
    return z;
  }
  // Dropout factors of the weights of query t.
  std::vector<double> factors(std::int64_t t) const {
    std::vector<double> r(static_cast<std::size_t>(p.keys), 1.0);
    if (p.dropout == 0) return r;
    const std::array<std::uint32_t, 2> seed = {static_cast<std::uint32_t>(p.key.seed),
                                               static_cast<std::uint32_t>(p.key.seed >> 32)};
    for (std::size_t s = 0; s < r.size(); ++s) {
      const std::uint32_t block = p.first_block(row(t)) + static_cast<std::uint32_t>(s / 4);
      const Philox4 bits =
          philox4x32({block, p.key.example, p.key.step, static_cast<std::uint32_t>(p.key.stream)}, seed);
      r[s] = bits[s % 4] < p.threshold() ? 0 : 1 / (1 - p.dropout);
    }
    return r;
  }
};

// exp(z - log of their sum) for all z, and that logarithm: all zero if every z is -inf.
double normalise_scores(std::vector<double>& z) {
  double largest = kHidden, sum = 0;
  for (const double value : z) largest = std::max(largest, value);
  if (largest == kHidden) largest = 0;
  for (const double value : z) sum += std::exp(value - largest);
  const double logsumexp = sum == 0 ? 0 : largest + std::log(sum);
  for (double& value : z) value = std::exp(value - logsumexp);
  return logsumexp;
}

template <class T, class Visit>
void each_head(const AttentionProblem& p, const Visit& visit) {
  for (std::int64_t n = 0; n < p.examples; ++n) {
    for (std::int64_t h = 0; h < p.heads; ++h) visit(ReferenceHead<T>{p, n, h});
  }
}

template <class T>
void head_forward(const ReferenceHead<T>& head, const AttentionForward::Args& a) {
  const AttentionProblem& p = head.p;
  for (std::int64_t t = 0; t < p.queries; ++t) {
    std::vector<double> w = head.scores(a.q, a.k, a.key_mask, a.bias, t);
    const std::vector<double> r = head.factors(t);
    a.logsumexp.data<Computed<T>>()[head.row(t)] = static_cast<Computed<T>>(normalise_scores(w));
    for (std::int64_t c = 0; c < p.head_size; ++c) {
      double sum = 0;
      for (std::int64_t s = 0; s < p.keys; ++s) {
        const auto i = static_cast<std::size_t>(s);
        if (head.is_visible(a.key_mask, s)) sum += w[i] * r[i] * head.value(a.v, s, c);
      }
      store<T>(a.y, head.at(a.y.view, t, c), sum);
    }
  }
}

template <class T>
void head_backward(const ReferenceHead<T>& head, const AttentionBackward::Args& a) {
  const AttentionProblem& p = head.p;
  const auto elements = [&](std::int64_t rows) { return static_cast<std::size_t>(rows * p.head_size); };
  std::vector<double> dq(elements(p.queries)), dk(elements(p.keys)), dv(elements(p.keys));
  for (std::int64_t t = 0; t < p.queries; ++t) {
    const std::vector<double> z = head.scores(a.q, a.k, a.key_mask, a.bias, t), r = head.factors(t);
    const double logsumexp = a.logsumexp.data<Computed<T>>()[head.row(t)], mean = head.dot(a.dy, t, a.y, t);
    for (std::int64_t s = 0; s < p.keys; ++s) {
      if (!head.is_visible(a.key_mask, s)) continue;
      const auto i = static_cast<std::size_t>(s);
      const double w = std::exp(z[i] - logsumexp),
                   e = w * (r[i] * head.dot(a.dy, t, a.v, s) - mean) * p.scale;
      for (std::int64_t c = 0; c < p.head_size; ++c) {
        dq[static_cast<std::size_t>(t * p.head_size + c)] += e * head.value(a.k, s, c);
        dk[static_cast<std::size_t>(s * p.head_size + c)] += e * head.value(a.q, t, c);
        dv[static_cast<std::size_t>(s * p.head_size + c)] += w * r[i] * head.value(a.dy, t, c);
      }
    }
  }
  const auto store_rows = [&](const Out& out, const std::vector<double>& sums) {
    if (!out.view.defined()) return;
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(sums.size()); ++i) {
      store<T>(out, head.at(out.view, i / p.head_size, i % p.head_size), sums[static_cast<std::size_t>(i)]);
    }
  };
  store_rows(a.dq, dq), store_rows(a.dk, dk), store_rows(a.dv, dv);
}

}  // namespace

extern const KernelVariant<AttentionForward> attention_forward_reference =
    stored_reference_row<AttentionForward>(
        []<class T>(T, const AttentionProblem& p, const AttentionForward::Args& a) {
          each_head<T>(p, [&](const ReferenceHead<T>& head) { head_forward(head, a); });
        });
extern const KernelVariant<AttentionBackward> attention_backward_reference =
    stored_reference_row<AttentionBackward>(
        []<class T>(T, const AttentionProblem& p, const AttentionBackward::Args& a) {
          each_head<T>(p, [&](const ReferenceHead<T>& head) { head_backward(head, a); });
        });
extern const KernelVariant<AttentionWeights> attention_weights_reference =
    stored_reference_row<AttentionWeights>(
        []<class T>(T, const AttentionProblem& p, const AttentionWeights::Args& a) {
          each_head<T>(p, [&](const ReferenceHead<T>& head) {
            for (std::int64_t t = 0; t < p.queries; ++t) {
              std::vector<double> w = head.scores(a.q, a.k, a.key_mask, a.bias, t);
              normalise_scores(w);
              Computed<T>* row = a.weights.data<Computed<T>>() + head.row(t) * p.keys;
              std::ranges::transform(w, row, [](double value) { return static_cast<Computed<T>>(value); });
            }
          });
        });

}  // namespace sonograd::kernels::cpu
