#include "layers/multi_head_attention.h"

#include "autograd/tape.h"
#include "layers/random_scope.h"
#include "layers/trace.h"

namespace sonograd::layers {
namespace {

MultiHeadAttentionOptions checked(std::int64_t width, const MultiHeadAttentionOptions& options) {
  if (options.heads < 1 || width < options.heads || width % options.heads != 0) {
    throw ConfigError(concat("[multi_head_attention] heads: expected a divisor of the width ", width,
                             ", got ", options.heads));
  }
  if (!(options.dropout >= 0 && options.dropout < 1)) {
    throw ConfigError(
        concat("[multi_head_attention] dropout: expected a probability in [0, 1), got ", options.dropout));
  }
  return options;
}

// Multiply-accumulates of the scores and of the weighted values.
void trace_attention(const Variable& context, std::int64_t keys) {
  trace_macs(2 * static_cast<double>(context.data().numel()) * static_cast<double>(keys));
}

}  // namespace

MultiHeadAttention::Inputs::Inputs(Module& owner, std::int64_t width,
                                   const MultiHeadAttentionOptions& options) {
  if (options.projection == Projection::joint) {
    qkv.emplace(owner, "qkv", width, 3 * width, options.projection_bias);
    return;
  }
  query.emplace(owner, "query", width, width, options.projection_bias);
  key.emplace(owner, "key", width, width, options.projection_bias);
  value.emplace(owner, "value", width, width, options.projection_bias);
}

MultiHeadAttention::MultiHeadAttention(std::int64_t width, const MultiHeadAttentionOptions& options)
    : options_(checked(width, options)), in_(*this, width, options_), out_(*this, "out", width, width) {}

AttentionOptions MultiHeadAttention::attention_options() const {
  AttentionOptions options = {.heads = options_.heads};
  if (training() && options_.dropout > 0) {
    options.dropout = static_cast<float>(options_.dropout);
    options.key = RandomScope::next(RandomStream::dropout);
  }
  return options;
}

Variable MultiHeadAttention::forward(const Variable& x, const AttentionMask& mask) const {
  if (!in_.qkv) return forward(x, x, mask);
  TraceScope trace(*this, "attention, ", options_.heads, " heads");
  const Variable context = self_attention(in_.qkv->forward(x), mask, attention_options());
  trace_attention(context, x.shape()[1]);
  return trace.output(out_.forward(context));
}

Variable MultiHeadAttention::forward(const Variable& x, const Variable& memory,
                                     const AttentionMask& mask) const {
  if (in_.qkv) throw ConfigError("[multi_head_attention] memory: expected separate projections");
  TraceScope trace(*this, "attention, ", options_.heads, " heads");
  const Variable query = in_.query->forward(x), key = in_.key->forward(memory);
  const Variable context = attention(query, key, in_.value->forward(memory), mask, attention_options());
  trace_attention(context, memory.shape()[1]);
  return trace.output(out_.forward(context));
}

Tensor MultiHeadAttention::weights(const Variable& x, const AttentionMask& mask) const {
  const NoGrad no_grad;
  const AttentionOptions options = {.heads = options_.heads};
  if (in_.qkv) {
    const Tensor qkv = in_.qkv->forward(x).data();
    const std::int64_t width = x.shape()[2];
    return attention_weights(qkv.view().slice(2, 0, width), qkv.view().slice(2, width, width), mask, options);
  }
  const Tensor query = in_.query->forward(x).data(), key = in_.key->forward(x).data();
  return attention_weights(query, key, mask, options);
}

}  // namespace sonograd::layers
