// Differentiable multi-head attention; formulas, masks and errors in kernels/attention/attention.h.
#pragma once

#include "autograd/variable.h"
#include "kernels/attention/attention.h"

namespace sonograd {

using kernels::AttentionOptions;

/// Keys that queries do not see, or see less of; undefined tensors hide nothing. No gradient flows into them.
struct AttentionMask {
  Tensor keys;  ///< [N, S], u8: key s of example n is hidden if 0
  Tensor bias;  ///< [T, S], f32 (f64 where q is): added to the scores; -inf hides
};

/// q [N, T, heads * d], k and v [N, S, heads * d] -> [N, T, heads * d]. With a dropout above 0 weights are dropped, in training
/// and evaluation alike: layers set it in training only.
Variable attention(const Variable& q, const Variable& k, const Variable& v, const AttentionMask& mask,
                   const AttentionOptions& options);

/// The same of a joint projection: qkv [N, T, 3 * heads * d], queries, keys and values side by side -> [N, T, heads * d].
Variable self_attention(const Variable& qkv, const AttentionMask& mask, const AttentionOptions& options);

/// The weights [N, heads, T, S] that `attention` gives the values, before dropout; float32 (float64 where q is), without a
/// gradient. Rows add up to 1, or are 0 for a query that sees no key. q and k may be parts of a joint projection.
Tensor attention_weights(const View& q, const View& k, const AttentionMask& mask,
                         const AttentionOptions& options);

}  // namespace sonograd
