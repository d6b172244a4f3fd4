// Attention as products with steps between them, for libraries of products: all weights are in memory.
#pragma once

#include "kernels/attention/attention.h"
#include "kernels/core/workspace.h"
#include "kernels/gemm/gemm.h"

namespace sonograd::kernels::vendor {

/// [N, rows, heads * d] as matrices [N, heads, rows, d] in the same memory.
View heads_of(const AttentionProblem& p, const View& view);

/// Scratch memory of the functions below: scores in float32, and weights in the storage type.
std::size_t forward_products_workspace(const AttentionProblem& p);
std::size_t backward_products_workspace(const AttentionProblem& p);

/// A matrix [N, heads, T, S] in float32, and one in the storage type, which is the same memory where that is float32.
struct ScoresAndWeights {
  View scores, weights;

  ScoresAndWeights(const AttentionProblem& p, Device device, Workspace& workspace)
      : scores(workspace.take(p.weights_shape(), DType::f32, device)),
        weights(p.dtype == DType::f32 ? scores : workspace.take(p.weights_shape(), p.dtype, device)) {}
};

/// `multiply(a, b, Out c, GemmOptions)` is a product of batches of matrices as in gemm, but c may be float32 where a and b are
/// bf16. `softmax(p, args, scores, weights)` is the step of that name in attention_steps.h.
template <class Multiply, class Softmax>
void forward_by_products(const AttentionProblem& p, const AttentionForward::Args& a, Workspace workspace,
                         const Multiply& multiply, const Softmax& softmax) {
  const ScoresAndWeights row(p, a.q.device, workspace);
  multiply(heads_of(p, a.q), heads_of(p, a.k), set(row.scores), {.transpose_b = true, .alpha = p.scale});
  softmax(p, a, row.scores.data<float>(), row.weights);
  multiply(row.weights, heads_of(p, a.v), Out{heads_of(p, a.y.view), a.y.mode}, {});
}

/// The same backward; `errors` is the other step.
template <class Multiply, class Errors>
void backward_by_products(const AttentionProblem& p, const AttentionBackward::Args& a, Workspace workspace,
                          const Multiply& multiply, const Errors& errors) {
  const ScoresAndWeights row(p, a.q.device, workspace), error(p, a.q.device, workspace);
  const View q = heads_of(p, a.q), k = heads_of(p, a.k), dy = heads_of(p, a.dy);
  multiply(q, k, set(row.scores), {.transpose_b = true, .alpha = p.scale});
  multiply(dy, heads_of(p, a.v), set(error.scores), {.transpose_b = true});
  errors(p, a, row.scores.data<float>(), error.scores.data<float>(), row.weights, error.weights);
  const auto result = [&](const Out& out, const View& factors, const View& from, const GemmOptions& options) {
    if (out.view.defined()) multiply(factors, from, Out{heads_of(p, out.view), out.mode}, options);
  };
  result(a.dq, error.weights, k, {.alpha = p.scale});
  result(a.dk, error.weights, q, {.transpose_a = true, .alpha = p.scale});
  result(a.dv, row.weights, dy, {.transpose_a = true});
}

}  // namespace sonograd::kernels::vendor
