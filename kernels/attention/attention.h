// Scaled dot-product attention of several heads (Vaswani et al., "Attention is all you need", NeurIPS 2017, section 3.2).
//
//   z[t, s] = scale * q[t] . k[s] + bias[t, s]                 for each example n and head h, over the d features of the head
//   w[t, s] = exp(z[t, s] - logsumexp[t]),  logsumexp[t] = log(sum over visible s of exp(z[t, s])),  0 for hidden keys
//   y[t] = sum over s of w[t, s] r[t, s] v[s],  r = 1, or the factor of dropout: 0 or 1 / (1 - p)
//
//   g[t, s] = r[t, s] dy[t] . v[s],  e[t, s] = w[t, s] (g[t, s] - dy[t] . y[t])          (r is a function of the key)
//   dq[t] = scale * sum over s of e[t, s] k[s],  dk[s] = scale * sum over t of e[t, s] q[t]
//   dv[s] = sum over t of w[t, s] r[t, s] dy[t]
//
//   q [N, T, heads * d], k, v [N, S, heads * d], features of a head side by side; y and the gradients likewise. f32 or bf16,
//   all alike (f64: `reference` only). Features are dense, rows and examples may have any strides: parts of one joint product.
//   key_mask [N, S] u8: key s of example n is visible unless it is 0; hidden keys have no effect, whatever their values.
//   bias [T, S] f32: added to the scores, the same for all examples and heads; -inf gives a weight of 0. Both may be undefined.
//   logsumexp [N, heads, T] f32, saved for the backward pass; 0 for a query without a visible key, whose y and dq are 0.
//   weights [N, heads, T, S] f32, without dropout.
//   Dropout: w[n, h, t, s] is dropped if word s % 4 of block ((n * heads + h) * T + t) * ceil(S / 4) + s / 4 of Random(key) is
//   below p 2^32: four neighbouring keys of a row share a Philox block.
// The weights are never stored; the backward pass computes them again from q, k and logsumexp.
// Errors: ShapeError when extents or strides do not fit, or dropout would need more than 2^32 blocks; DTypeError for other
// types; ConfigError for options out of range.
#pragma once

#include "kernels/core/variant.h"
#include "tensor/random.h"

namespace sonograd::kernels {

struct AttentionOptions {
  std::int64_t heads = 1;  ///< divides the number of features
  float scale = 0;         ///< of the scores; 0: 1 / sqrt(d)
  float dropout = 0;       ///< probability with which a weight is dropped, in [0, 1)
  RandomKey key = {};      ///< determines which
};

struct AttentionProblem {
  std::int64_t examples = 0, queries = 0, keys = 0;  ///< N, T, S
  std::int64_t heads = 1, head_size = 0;             ///< head_size: d
  double scale = 1;
  double dropout = 0;
  RandomKey key;
  bool has_key_mask = false, has_bias = false;
  DType dtype = DType::f32;

  static AttentionProblem make(const Shape& q, const Shape& k, const AttentionOptions& options,
                               bool has_key_mask, bool has_bias, DType dtype = DType::f32);
  Shape query_shape() const { return {examples, queries, heads * head_size}; }
  Shape key_shape() const { return {examples, keys, heads * head_size}; }
  Shape sums_shape() const { return {examples, heads, queries}; }
  Shape weights_shape() const { return {examples, heads, queries, keys}; }
  /// Random words below this drop their weight.
  std::uint32_t threshold() const { return static_cast<std::uint32_t>(dropout * 0x1p32); }
  /// Number of the Philox block of the weights of keys 0 to 3 in row `row` of [N, heads, T].
  std::uint32_t first_block(std::int64_t row) const {
    return static_cast<std::uint32_t>(row * ((keys + 3) / 4));
  }
  /// Operations of the forward pass: the products q k and w v.
  double flops() const;
  /// Bytes of `like_q` tensors like q and `like_k` like k, each touched once.
  double bytes(int like_q, int like_k) const;
  std::string summary() const;
};

struct AttentionForward {
  static constexpr std::string_view name = "attention_forward";
  using Problem = AttentionProblem;
  static double bytes(const Problem& p) { return p.bytes(2, 2); }
  struct Args {
    View q, k, v, key_mask, bias;
    Out y;
    View logsumexp;
  };
};
struct AttentionBackward {
  static constexpr std::string_view name = "attention_backward";
  using Problem = AttentionProblem;
  static double bytes(const Problem& p) { return p.bytes(4, 4); }
  struct Args {
    View q, k, v, key_mask, bias, y, logsumexp, dy;
    Out dq, dk, dv;
  };
};
struct AttentionWeights {
  static constexpr std::string_view name = "attention_weights";
  using Problem = AttentionProblem;
  static double bytes(const Problem& p);
  struct Args {
    View q, k, key_mask, bias, weights;
  };
};

/// `logsumexp` is always replaced.
void attention_forward(const AttentionProblem& p, const View& q, const View& k, const View& v,
                       const View& key_mask, const View& bias, const Out& y, const View& logsumexp);
/// Undefined targets are not computed.
void attention_backward(const AttentionProblem& p, const AttentionBackward::Args& args);
/// `weights` is always replaced. Dropout of the problem is ignored.
void attention_weights(const AttentionProblem& p, const View& q, const View& k, const View& key_mask,
                       const View& bias, const View& weights);

}  // namespace sonograd::kernels
