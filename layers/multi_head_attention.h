// Multi-head attention (Vaswani et al., "Attention is all you need", NeurIPS 2017, section 3.2.2).
#pragma once

#include <optional>

#include "autograd/ops/attention.h"
#include "layers/layer.h"
#include "layers/linear.h"
#include "layers/part.h"

namespace sonograd::layers {

/// Where queries, keys and values come from.
enum class Projection : std::uint8_t {
  separate,  ///< parts `query`, `key` and `value`, three products
  joint,     ///< part `qkv`, one product; rows of its weight: all queries, then keys, then values
};

struct MultiHeadAttentionOptions {
  std::int64_t heads = 8;  ///< divides the width
  Projection projection = Projection::separate;
  Bias projection_bias = Bias::learned;  ///< of queries, keys and values; the output has always one
  double dropout = 0;                    ///< of the weights, in training, in [0, 1)
};

/// y = out(attention(query(x), key(x), value(x))): [N, T, D] -> [N, T, D]. Scores are divided by the square root of the head
/// size, D / heads. Parts: query key value, or qkv; out. Throws ConfigError for options out of range.
class MultiHeadAttention : public Layer {
 public:
  MultiHeadAttention(std::int64_t width, const MultiHeadAttentionOptions& options);
  Variable forward(const Variable& x) const override { return forward(x, {}); }
  Variable forward(const Variable& x, const AttentionMask& mask) const;
  /// Attention to another sequence: x [N, T, D], keys and values of `memory` [N, S, D]. Separate projections only: throws
  /// ConfigError.
  Variable forward(const Variable& x, const Variable& memory, const AttentionMask& mask) const;
  /// The weights [N, heads, T, T] of `forward(x, mask)` in evaluation, without a gradient.
  Tensor weights(const Variable& x, const AttentionMask& mask = {}) const;

 private:
  struct Inputs {
    std::optional<Part<Linear>> query, key, value, qkv;

    Inputs(Module& owner, std::int64_t width, const MultiHeadAttentionOptions& options);
  };

  AttentionOptions attention_options() const;

  MultiHeadAttentionOptions options_;
  Inputs in_;
  Part<Linear> out_;
};

}  // namespace sonograd::layers
