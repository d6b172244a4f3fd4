// Methods for networks with a transformer encoder, whose class token is computed from all others by attention.
#pragma once

#include <vector>

#include "tensor/tensor.h"

namespace sonograd::models {

/// Attention roll-out (Abnar, Zuidema, "Quantifying attention flow in transformers", ACL 2020, section 3): the product over all
/// blocks, the last one on the left, of (A + I) / 2, where A is the mean of the heads and I stands for the residual connection.
/// Attention [depth, heads, S, S] on the host, f32, rows adding up to 1 -> [S S], row by row, likewise.
std::vector<double> attention_rollout(const Tensor& attention);

/// Values of the tokens 1 to S - 1 -> [positions * bands] values of an input [1, positions, bands]: each token has an equal part of the
/// time, whose values share its value evenly.
std::vector<double> spread_tokens(const std::vector<double>& tokens, std::int64_t positions,
                                  std::int64_t bands);

}  // namespace sonograd::models
