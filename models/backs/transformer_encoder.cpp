#include "models/backs/transformer_encoder.h"

#include "autograd/ops/copy.h"
#include "autograd/tape.h"

namespace sonograd::models {

TransformerEncoder::TransformerEncoder(std::int64_t depth, std::int64_t width,
                                       const layers::TransformerBlockOptions& options)
    : heads_(options.attention.heads) {
  using Block = layers::Part<layers::TransformerBlock>;
  for (std::int64_t i = 0; i < depth; ++i)
    blocks_.push_back(std::make_unique<Block>(*this, std::to_string(i), width, options));
}

Variable TransformerEncoder::forward(const Variable& x, Outputs& outputs) const {
  Variable y = x;
  std::vector<Variable> weights;
  for (const auto& block : blocks_) {
    if (outputs.contains(kAttention)) {
      const Tensor seen = block->attention_weights(y);  // [N, heads, S, S]
      const Shape& s = seen.shape();
      weights.emplace_back(seen.reshape({s[0], 1, s[1], s[2], s[3]}));
    }
    y = block->forward(y);
  }
  if (!weights.empty()) outputs.set(kAttention, concat(weights, 1));
  return y;
}

OutputInfo TransformerEncoder::attention_info(std::int64_t tokens) const {
  return {
      .name = std::string(kAttention),
      .shape = {std::ssize(blocks_), heads_, tokens, tokens},
      .help = "attention weights: block, head, token that sees, token that is seen; token 0 is the class"};
}

Variable first_token(const Variable& x) {
  return reshape(slice(x, 1, 0, 1), {x.shape()[0], x.shape()[2]});
}

std::int64_t count_blocks(const io::NamedTensors& weights, std::string_view prefix, std::string_view suffix) {
  std::int64_t count = 0;
  while (weights.find(concat(prefix, count, suffix)) != nullptr) ++count;
  return count;
}

}  // namespace sonograd::models
