// Transformer block: attention, then two dense layers, both with a residual connection and a norm.
#pragma once

#include "layers/activation.h"
#include "layers/dropout.h"
#include "layers/multi_head_attention.h"
#include "layers/norm.h"

namespace sonograd::layers {

/// Place of the layer norms.
enum class NormPlace : std::uint8_t {
  before,  ///< x + f(norm(x)) (Xiong et al., "On layer normalization in the transformer architecture", ICML 2020)
  after,  ///< norm(x + f(x)) (Vaswani et al., NeurIPS 2017; BERT)
};

struct TransformerBlockOptions {
  MultiHeadAttentionOptions attention = {};
  std::int64_t feed_forward = 1024;  ///< width between the two dense layers
  Activation activation = Activation::gelu;
  NormPlace norm_place = NormPlace::before;
  double norm_eps = 1e-5;     ///< > 0
  double dropout = 0;         ///< of what is added to a residual connection, in [0, 1)
  double hidden_dropout = 0;  ///< behind the activation, in [0, 1)
};

/// a = x + attention(norm_1(x)), y = a + linear_2(activation(linear_1(norm_2(a)))), or with the norms behind the sums:
/// [N, T, D] -> [N, T, D]. Parts: attention norm_1 linear_1 linear_2 norm_2. Throws ConfigError for options out of range.
class TransformerBlock : public Layer {
 public:
  TransformerBlock(std::int64_t width, const TransformerBlockOptions& options);
  Variable forward(const Variable& x) const override { return forward(x, {}); }
  Variable forward(const Variable& x, const AttentionMask& mask) const;
  /// The attention weights [N, heads, T, T] of `forward(x, mask)` in evaluation, without a gradient.
  Tensor attention_weights(const Variable& x, const AttentionMask& mask = {}) const;

 private:
  Variable feed_forward(const Variable& x) const;

  TransformerBlockOptions options_;
  Part<MultiHeadAttention> attention_;
  Part<LayerNorm> norm_1_;
  Part<Linear> linear_1_, linear_2_;
  Part<LayerNorm> norm_2_;
  Part<Dropout> dropout_, hidden_dropout_;
};

}  // namespace sonograd::layers
