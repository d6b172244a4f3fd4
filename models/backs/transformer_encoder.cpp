#include "models/backs/transformer_encoder.h"

#include <algorithm>

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

// [N, S, D], the input of the last block -> [N S, D]. Beside the attention a block computes every token by itself, so a pair of the
// class and the token, with the attention of the class on the second, gives the class vector of the whole sequence.
Variable TransformerEncoder::class_vectors_of_each_token(const Variable& x) const {
  const NoGrad no_grad;
  const std::int64_t n = x.shape()[0], tokens = x.shape()[1], width = x.shape()[2];
  const Tensor pairs = Tensor::empty({n * tokens, 2, width});
  const Tensor visible = Tensor::zeros({n * tokens, 2}, DType::u8);
  const Tensor sequences = x.data().to(Device{}).to(DType::f32);
  for (std::int64_t pair = 0; pair < n * tokens; ++pair) {
    const float* const first = sequences.data<float>() + pair / tokens * tokens * width;
    const float* const seen = sequences.data<float>() + pair * width;
    std::copy_n(first, width, pairs.data<float>() + 2 * pair * width);
    std::copy_n(seen, width, pairs.data<float>() + (2 * pair + 1) * width);
    visible.data<std::uint8_t>()[2 * pair + 1] = pair % tokens != 0;
  }
  const Variable input(pairs.to(x.dtype()).to(x.device()));
  return first_token(blocks_.back()->forward(input, {.keys = visible.to(x.device()), .bias = {}}));
}

Variable TransformerEncoder::forward(const Variable& x, Outputs& outputs,
                                     const Classifier& classifier) const {
  Variable y = x;
  std::vector<Variable> weights;
  for (const auto& block : blocks_) {
    if (outputs.contains(kAttention)) {
      const Tensor seen = block->attention_weights(y);  // [N, heads, S, S]
      const Shape& s = seen.shape();
      weights.emplace_back(seen.reshape({s[0], 1, s[1], s[2], s[3]}));
    }
    if (outputs.contains(kTokenLogits) && block == blocks_.back()) {
      const Variable logits = classifier(class_vectors_of_each_token(y));
      outputs.set(kTokenLogits, reshape(logits, {y.shape()[0], y.shape()[1], logits.shape()[1]}));
    }
    y = block->forward(y);
  }
  if (!weights.empty()) outputs.set(kAttention, concat(weights, 1));
  return y;
}

OutputInfo TransformerEncoder::attention_info(std::int64_t tokens) const {
  return {.name = std::string(kAttention),
          .shape = {std::ssize(blocks_), heads_, tokens, tokens},
          .help = "attention weights: block, head, query token, key token; token 0 is the class"};
}

OutputInfo TransformerEncoder::token_logits_info(std::int64_t tokens, std::int64_t labels) {
  return {.name = std::string(kTokenLogits),
          .shape = {tokens, labels},
          .help = "logits with the attention of the last block on one token; row 0: without attention"};
}

Variable first_token(const Variable& x) {
  return reshape(slice(x, 1, 0, 1), {x.shape()[0], x.shape()[2]});
}

}  // namespace sonograd::models
