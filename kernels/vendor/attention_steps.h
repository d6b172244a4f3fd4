// Steps of attention between products by another library.
#pragma once

#include "kernels/attention/attention.h"
#include "kernels/core/cuda_rows.h"

namespace sonograd::kernels {

// clang-format off
SONOGRAD_CUDA_ROWS(
/// weights [N, heads, T, S], in the storage type of the problem and times the factors of dropout, and logsumexp of `args`, from
/// scores [N, heads, T, S] f32: scale * q . k. Both may be the same memory.
void attention_softmax(const AttentionProblem& p, const AttentionForward::Args& args, const float* scores,
                       const View& weights);
/// weights as above and errors, the gradients of the scores, from scores and gradients, dy . v. Errors and gradients may be the
/// same memory, as may weights and scores.
void attention_errors(const AttentionProblem& p, const AttentionBackward::Args& args, const float* scores,
                      const float* gradients, const View& weights, const View& errors);
)
// clang-format on

}  // namespace sonograd::kernels
