#include "kernels/attention/attention.h"

#include <cmath>

#include "kernels/core/check.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"
#include "kernels/core/stored.h"
#include "kernels/core/zero.h"
#include "kernels/vendor/cublas_attention.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<AttentionForward> attention_forward_reference, attention_forward_blocked;
extern const KernelVariant<AttentionBackward> attention_backward_reference, attention_backward_blocked;
extern const KernelVariant<AttentionWeights> attention_weights_reference, attention_weights_blocked;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<AttentionForward> attention_forward_naive,
                   attention_forward_flash, attention_forward_flash_mma;
                   extern const KernelVariant<AttentionBackward> attention_backward_naive,
                   attention_backward_flash, attention_backward_flash_mma;
                   extern const KernelVariant<AttentionWeights> attention_weights_naive;)

namespace {

// One row per line.
// clang-format off
constexpr const KernelVariant<AttentionForward>* kForward[] = {
    &cpu::attention_forward_reference,
    &cpu::attention_forward_blocked,
    SONOGRAD_ON_CUDA(attention_forward_naive),
    SONOGRAD_ON_CUDA(attention_forward_flash),
    SONOGRAD_ON_CUDA(attention_forward_flash_mma),
    SONOGRAD_CUBLAS_ROW(attention_forward_cublas)
};
constexpr const KernelVariant<AttentionBackward>* kBackward[] = {
    &cpu::attention_backward_reference,
    &cpu::attention_backward_blocked,
    SONOGRAD_ON_CUDA(attention_backward_naive),
    SONOGRAD_ON_CUDA(attention_backward_flash),
    SONOGRAD_ON_CUDA(attention_backward_flash_mma),
    SONOGRAD_CUBLAS_ROW(attention_backward_cublas)
};
constexpr const KernelVariant<AttentionWeights>* kWeights[] = {
    &cpu::attention_weights_reference,
    &cpu::attention_weights_blocked,
    SONOGRAD_ON_CUDA(attention_weights_naive),
};
// clang-format on

// Checks a tensor whose features are dense.
void check_rows(const AttentionProblem& p, std::string_view name, const View& view, const Shape& shape) {
  if (!view.defined() && shape.numel() != 0) throw ShapeError(concat("[attention] ", name, " is missing"));
  if (view.shape != shape)
    throw ShapeError(concat("[attention] ", name, ": expected ", shape, ", got ", view.shape));
  if (view.dtype != p.dtype) {
    throw DTypeError(
        concat("[attention] ", name, ": expected ", name_of(p.dtype), ", got ", name_of(view.dtype)));
  }
  if (view.stride(2) != 1)
    throw ShapeError(
        concat("[attention] ", name, ": expected dense features, got steps of ", view.stride(2)));
}

void check_masks(const AttentionProblem& p, const View& key_mask, const View& bias) {
  if (p.has_key_mask) check_dense("attention", "key_mask", key_mask, {p.examples, p.keys}, DType::u8);
  if (p.has_bias) check_dense("attention", "bias", bias, {p.queries, p.keys}, computed_dtype(p.dtype));
}

}  // namespace

AttentionProblem AttentionProblem::make(const Shape& q, const Shape& k, const AttentionOptions& options,
                                        bool has_key_mask, bool has_bias, DType dtype) {
  if (q.rank() != 3 || k.rank() != 3 || q[0] != k[0] || q[2] != k[2]) {
    throw ShapeError(
        concat("[attention] q, k: expected [N, T, heads * d] and [N, S, heads * d], got ", q, " and ", k));
  }
  const bool divides = options.heads > 0 && q[2] >= options.heads && q[2] % options.heads == 0;
  check_number("attention", "heads", static_cast<double>(options.heads), divides,
               concat("a divisor of the ", q[2], " features"));
  check_number("attention", "scale", options.scale, std::isfinite(options.scale), "a finite number");
  check_number("attention", "dropout", options.dropout, options.dropout >= 0 && options.dropout < 1,
               "a probability in [0, 1)");
  AttentionProblem p;
  p.examples = q[0], p.queries = q[1], p.keys = k[1];
  p.heads = options.heads, p.head_size = q[2] / options.heads;
  p.scale = options.scale != 0 ? static_cast<double>(options.scale)
                               : 1 / std::sqrt(static_cast<double>(p.head_size));
  p.dropout = options.dropout, p.key = options.key;
  p.has_key_mask = has_key_mask, p.has_bias = has_bias;
  p.dtype = dtype;
  if (p.dropout > 0 && p.sums_shape().numel() * ((p.keys + 3) / 4) > std::int64_t{1} << 32)
    throw ShapeError(concat("[attention] dropout: expected at most 2^34 weights, got ", p.weights_shape()));
  return p;
}

double AttentionProblem::flops() const {
  return 4.0 * static_cast<double>(head_size) * static_cast<double>(weights_shape().numel());
}

double AttentionProblem::bytes(int like_q, int like_k) const {
  return static_cast<double>(size_of(dtype)) * (like_q * static_cast<double>(query_shape().numel()) +
                                                like_k * static_cast<double>(key_shape().numel()));
}

double AttentionWeights::bytes(const Problem& p) {
  return p.bytes(1, 1) + 4.0 * static_cast<double>(p.weights_shape().numel());
}

std::string AttentionProblem::summary() const {
  return concat(weights_shape(), " of ", head_size, has_key_mask ? " key mask" : "", has_bias ? " bias" : "",
                dropout > 0 ? " dropout " : " ", name_of(dtype));
}

void attention_forward(const AttentionProblem& p, const View& q, const View& k, const View& v,
                       const View& key_mask, const View& bias, const Out& y, const View& logsumexp) {
  check_rows(p, "q", q, p.query_shape());
  check_rows(p, "k", k, p.key_shape());
  check_rows(p, "v", v, p.key_shape());
  check_masks(p, key_mask, bias);
  check_rows(p, "y", y.view, p.query_shape());
  check_dense("attention", "logsumexp", logsumexp, p.sums_shape(), computed_dtype(p.dtype));
  if (p.query_shape().numel() == 0) return;
  run<AttentionForward>(kForward, p, {q, k, v, key_mask, bias, y, logsumexp});
}

void attention_backward(const AttentionProblem& p, const AttentionBackward::Args& args) {
  check_rows(p, "q", args.q, p.query_shape());
  check_rows(p, "k", args.k, p.key_shape());
  check_rows(p, "v", args.v, p.key_shape());
  check_masks(p, args.key_mask, args.bias);
  check_rows(p, "y", args.y, p.query_shape());
  check_dense("attention", "logsumexp", args.logsumexp, p.sums_shape(), computed_dtype(p.dtype));
  check_rows(p, "dy", args.dy, p.query_shape());
  if (args.dq.view.defined()) check_rows(p, "dq", args.dq.view, p.query_shape());
  if (args.dk.view.defined()) check_rows(p, "dk", args.dk.view, p.key_shape());
  if (args.dv.view.defined()) check_rows(p, "dv", args.dv.view, p.key_shape());
  if (p.query_shape().numel() == 0 && p.key_shape().numel() == 0) return;
  run<AttentionBackward>(kBackward, p, args);
}

void attention_weights(const AttentionProblem& p, const View& q, const View& k, const View& key_mask,
                       const View& bias, const View& weights) {
  check_rows(p, "q", q, p.query_shape());
  check_rows(p, "k", k, p.key_shape());
  check_masks(p, key_mask, bias);
  check_dense("attention", "weights", weights, p.weights_shape(), computed_dtype(p.dtype));
  if (p.weights_shape().numel() == 0) return;
  run<AttentionWeights>(kWeights, p, {q, k, key_mask, bias, weights});
}

TableList attention_tables() {
  return {describe<AttentionForward>(kForward), describe<AttentionBackward>(kBackward),
          describe<AttentionWeights>(kWeights)};
}

}  // namespace sonograd::kernels
