#include "layers/transformer_block.h"

#include "autograd/ops/binary.h"
#include "autograd/tape.h"
#include "layers/trace.h"

namespace sonograd::layers {
namespace {

TransformerBlockOptions checked(const TransformerBlockOptions& options) {
  for (const double p : {options.dropout, options.hidden_dropout}) {
    if (!(p >= 0 && p < 1))
      throw ConfigError(concat("[transformer_block] dropout: expected a probability in [0, 1), got ", p));
  }
  if (options.feed_forward < 1) {
    throw ConfigError(concat("[transformer_block] feed_forward: expected a width of at least 1, got ",
                             options.feed_forward));
  }
  return options;
}

}  // namespace

TransformerBlock::TransformerBlock(std::int64_t width, const TransformerBlockOptions& options)
    : options_(checked(options)),
      attention_(*this, "attention", width, options.attention),
      norm_1_(*this, "norm_1", width, LayerNormOptions{.eps = options.norm_eps}),
      linear_1_(*this, "linear_1", width, options.feed_forward),
      linear_2_(*this, "linear_2", options.feed_forward, width),
      norm_2_(*this, "norm_2", width, LayerNormOptions{.eps = options.norm_eps}),
      dropout_(*this, "dropout", options.dropout),
      hidden_dropout_(*this, "hidden_dropout", options.hidden_dropout) {}

Variable TransformerBlock::feed_forward(const Variable& x) const {
  const Variable hidden = hidden_dropout_.forward(activate(options_.activation, linear_1_.forward(x)));
  return dropout_.forward(linear_2_.forward(hidden));
}

Variable TransformerBlock::forward(const Variable& x, const AttentionMask& mask) const {
  const bool before = options_.norm_place == NormPlace::before;
  TraceScope trace(*this, "transformer block, norms ", before ? "before" : "after");
  if (before) {
    const Variable a = add(x, dropout_.forward(attention_.forward(norm_1_.forward(x), mask)));
    return trace.output(add(a, feed_forward(norm_2_.forward(a))));
  }
  const Variable a = norm_1_.forward(add(x, dropout_.forward(attention_.forward(x, mask))));
  return trace.output(norm_2_.forward(add(a, feed_forward(a))));
}

Tensor TransformerBlock::attention_weights(const Variable& x, const AttentionMask& mask) const {
  const NoGrad no_grad;
  if (options_.norm_place == NormPlace::after) return attention_.weights(x, mask);
  return attention_.weights(norm_1_.forward(x), mask);
}

}  // namespace sonograd::layers
