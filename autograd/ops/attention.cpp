#include "autograd/ops/attention.h"

#include "autograd/tape.h"
#include "kernels/core/stored.h"

namespace sonograd {
namespace {

kernels::AttentionProblem problem_of(const View& q, const View& k, const AttentionMask& mask,
                                     const AttentionOptions& options) {
  return kernels::AttentionProblem::make(q.shape, k.shape, options, mask.keys.defined(), mask.bias.defined(),
                                         q.dtype);
}

Out part_of(const Out& whole, std::int64_t part) {
  if (!whole.view.defined()) return {};
  const std::int64_t width = whole.shape()[2] / 3;
  return {whole.view.slice(2, part * width, width), whole.mode};
}

View view_or_none(const Tensor& tensor) {
  return tensor.defined() ? tensor.view() : View();
}

struct Result {
  Tensor y, logsumexp;
};

Result forward(const kernels::AttentionProblem& p, const View& q, const View& k, const View& v,
               const AttentionMask& mask) {
  Result result = {Tensor::empty(p.query_shape(), p.dtype, q.device),
                   Tensor::empty(p.sums_shape(), kernels::computed_dtype(p.dtype), q.device)};
  kernels::attention_forward(p, q, k, v, view_or_none(mask.keys), view_or_none(mask.bias), set(result.y),
                             result.logsumexp);
  return result;
}

}  // namespace

Variable attention(const Variable& q, const Variable& k, const Variable& v, const AttentionMask& mask,
                   const AttentionOptions& options) {
  const auto p = problem_of(q.data(), k.data(), mask, options);
  const Result result = forward(p, q.data(), k.data(), v.data(), mask);
  return record("attention", {q, k, v}, result.y,
                [p, q = q.data(), k = k.data(), v = v.data(), mask, result](const Tensor& dy, Gradients dx) {
                  kernels::attention_backward(
                      p, {q, k, v, view_or_none(mask.keys), view_or_none(mask.bias), result.y,
                          result.logsumexp, dy, dx[0].take(), dx[1].take(), dx[2].take()});
                });
}

Variable self_attention(const Variable& qkv, const AttentionMask& mask, const AttentionOptions& options) {
  if (qkv.shape().rank() != 3 || qkv.shape()[2] % 3 != 0)
    throw ShapeError(concat("[attention] qkv: expected [N, T, 3 * heads * d], got ", qkv.shape()));
  const auto part = [](const Tensor& whole, std::int64_t i) { return part_of(set(whole), i).view; };
  const Tensor x = qkv.data();
  const auto p = problem_of(part(x, 0), part(x, 1), mask, options);
  const Result result = forward(p, part(x, 0), part(x, 1), part(x, 2), mask);
  return record("attention", {qkv}, result.y, [p, part, x, mask, result](const Tensor& dy, Gradients dx) {
    const Out whole = dx[0].take();
    kernels::attention_backward(
        p, {part(x, 0), part(x, 1), part(x, 2), view_or_none(mask.keys), view_or_none(mask.bias), result.y,
            result.logsumexp, dy, part_of(whole, 0), part_of(whole, 1), part_of(whole, 2)});
  });
}

Tensor attention_weights(const View& q, const View& k, const AttentionMask& mask,
                         const AttentionOptions& options) {
  const auto p = problem_of(q, k, mask, options);
  const Tensor weights = Tensor::empty(p.weights_shape(), kernels::computed_dtype(p.dtype), q.device);
  kernels::attention_weights(p, q, k, view_or_none(mask.keys), view_or_none(mask.bias), weights);
  return weights;
}

}  // namespace sonograd
