// Transformer blocks behind one another, whose attention weights are an output of the network.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "layers/part.h"
#include "layers/transformer_block.h"
#include "models/core/outputs.h"
#include "tensor/io/named_tensors.h"

namespace sonograd::models {

/// The output with the attention weights [depth, heads, S, S] of all blocks: row i contains the weights with which token i sees
/// the others, and adds up to 1.
inline constexpr std::string_view kAttention = "attention";

/// Blocks under the names 0, 1, …: [N, S, D] -> [N, S, D].
class TransformerEncoder : public layers::Module {
 public:
  TransformerEncoder(std::int64_t depth, std::int64_t width, const layers::TransformerBlockOptions& options);
  /// Sets `attention` if it is requested; the weights are computed for it once more, without dropout.
  Variable forward(const Variable& x, Outputs& outputs) const;
  /// Description of the output for sequences of `tokens` positions.
  OutputInfo attention_info(std::int64_t tokens) const;

 private:
  std::int64_t heads_;
  std::vector<std::unique_ptr<layers::Part<layers::TransformerBlock>>> blocks_;
};

/// Vector of the first token: [N, S, D] -> [N, D].
Variable first_token(const Variable& x);

/// Number of blocks: tensors PREFIX0SUFFIX, PREFIX1SUFFIX, … in published weights.
std::int64_t count_blocks(const io::NamedTensors& weights, std::string_view prefix, std::string_view suffix);

}  // namespace sonograd::models
