// Transformer blocks behind one another, whose attention weights are an output of the network.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "layers/part.h"
#include "layers/transformer_block.h"
#include "models/core/outputs.h"

namespace sonograd::models {

/// The output with the attention weights [depth, heads, S, S] of all blocks: row i contains the weights of the query of token i for
/// the keys of all tokens, and adds up to 1.
inline constexpr std::string_view kAttention = "attention";

/// The output with the logits [S, labels] that the classifier gives when the attention of the class token in the last block is 1 at one
/// token and 0 at all others: row i is for token i, row 0 for an attention of 0 everywhere. Won, Chun, Serra, arXiv 1906.04972
/// (2019), section "tag-wise contribution".
inline constexpr std::string_view kTokenLogits = "token_logits";

/// Blocks under the names 0, 1, …: [N, S, D] -> [N, S, D].
class TransformerEncoder : public layers::Module {
 public:
  TransformerEncoder(std::int64_t depth, std::int64_t width, const layers::TransformerBlockOptions& options);
  /// Logits [N, labels] of class vectors [N, D].
  using Classifier = std::function<Variable(const Variable& class_vectors)>;

  /// Sets `attention` if it is requested, with weights that are computed once more, without dropout; and `token_logits`, by
  /// `classifier`.
  Variable forward(const Variable& x, Outputs& outputs, const Classifier& classifier) const;
  /// Descriptions of the two outputs for sequences of `tokens` positions.
  OutputInfo attention_info(std::int64_t tokens) const;
  static OutputInfo token_logits_info(std::int64_t tokens, std::int64_t labels);

 private:
  Variable class_vectors_of_each_token(const Variable& x) const;

  std::int64_t heads_;
  std::vector<std::unique_ptr<layers::Part<layers::TransformerBlock>>> blocks_;
};

/// Vector of the first token: [N, S, D] -> [N, D].
Variable first_token(const Variable& x);

}  // namespace sonograd::models
