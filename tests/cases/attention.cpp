#include "kernels/attention/attention.h"

#include <cmath>

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::AttentionBackward;
using kernels::AttentionOptions;
using kernels::AttentionProblem;

struct Heads {
  const char* name;
  std::int64_t examples, queries, keys, heads, head_size;
  bool key_mask = false, bias = false;
  float dropout = 0;
  float scale = 0;
  bool bench = false;
};

const Heads kHeads[] = {
    {"music tagging transformer, 10 s", 1, 108, 108, 8, 32, false, false, 0, 0, true},
    {"music tagging transformer, student", 1, 55, 55, 8, 8, false, false, 0, 0, true},
    {"cnnsa, two heads", 1, 119, 119, 2, 32, false, false, 0.5f, 0, true},
    {"prime sizes", 2, 7, 13, 3, 5, true, true, 0.3f, 0.7f},
    {"one key, hidden in some examples", 5, 3, 1, 2, 8, true},
    {"one feature, one query", 3, 1, 37, 2, 1, false, true},
    {"one head of 64, a tile and one", 1, 65, 129, 1, 64, true, true},
    {"more keys than a tile, one head of 40", 1, 17, 193, 1, 40, false, true, 0.1f},
    {"many queries, heads of 16", 2, 133, 6, 2, 16, true, false, 0.9f},
    {"head of 72", 1, 9, 19, 1, 72, true},
    {"long clip", 1, 131, 197, 1, 24},
};

// Positions of the masks among the inputs of a case; 0: none.
struct MaskInputs {
  std::size_t key_mask = 0, bias = 0;
};

MaskInputs add_masks(std::vector<Input>& inputs, const Heads& h) {
  MaskInputs masks;
  if (h.key_mask) {
    masks.key_mask = inputs.size();
    inputs.push_back({{h.examples, h.keys}, 0, 2, DType::u8});
  }
  if (h.bias) {
    masks.bias = inputs.size();
    inputs.push_back({{h.queries, h.keys}, -2, 2, DType::f32, Stored::as_float32});
  }
  return masks;
}

View input_or_none(std::span<const View> in, std::size_t position) {
  return position == 0 ? View() : in[position];
}

AttentionProblem problem_of(const Heads& h, DType dtype) {
  const AttentionOptions options = {
      .heads = h.heads,
      .scale = h.scale,
      .dropout = h.dropout,
      .key = {.seed = 0x123456789abcdef0, .step = 5, .example = 9, .stream = RandomStream::dropout}};
  const std::int64_t width = h.heads * h.head_size;
  return AttentionProblem::make({h.examples, h.queries, width}, {h.examples, h.keys, width}, options,
                                h.key_mask, h.bias, dtype);
}

}  // namespace

OpCases attention_cases() {
  TableCases forward{"attention_forward", {}, kFloat32AndBf16};
  TableCases backward{"attention_backward", {}, kFloat32AndBf16};
  TableCases weights{"attention_weights", {}, kFloat32AndBf16};
  // Rounding errors of scores and exponentials are a few units in the last place each; weights add up to at most 1.
  constexpr double kTolerance = 5e-6;
  for (const Heads& h : kHeads) {
    const AttentionProblem p = problem_of(h, DType::f32);
    const Shape like_q = p.query_shape(), like_k = p.key_shape();
    std::vector<Input> in_forward = {{like_q}, {like_k}, {like_k}};
    const MaskInputs masks = add_masks(in_forward, h);
    forward.list.push_back({h.name,
                            in_forward,
                            {like_q},
                            [h, masks](DType dtype, auto in, auto out) {
                              const AttentionProblem typed = problem_of(h, dtype);
                              const DType sums = dtype == DType::bf16 ? DType::f32 : dtype;
                              const Tensor logsumexp = Tensor::empty(typed.sums_shape(), sums, in[0].device);
                              kernels::attention_forward(typed, in[0], in[1], in[2],
                                                         input_or_none(in, masks.key_mask),
                                                         input_or_none(in, masks.bias), out[0], logsumexp);
                            },
                            kTolerance,
                            p.flops(),
                            p.bytes(2, 2),
                            h.bench});
    if (h.queries * h.keys <= 4000) {
      forward.list.push_back({concat(h.name, ", logsumexp"),
                              in_forward,
                              {like_q, p.sums_shape()},
                              [h, masks](DType dtype, auto in, auto out) {
                                kernels::attention_forward(problem_of(h, dtype), in[0], in[1], in[2],
                                                           input_or_none(in, masks.key_mask),
                                                           input_or_none(in, masks.bias), out[0],
                                                           out[1].view);
                              },
                              kTolerance,
                              p.flops(),
                              p.bytes(2, 2)});
      forward.list.back().accumulates = false;
      forward.list.back().stored_outputs = {Stored::as_tested, Stored::as_float32};
    }

    // The formula for any logsumexp near that of the scores, and any y.
    const double near = std::log(static_cast<double>(h.keys));
    std::vector<Input> in_backward = {{like_q}, {like_k}, {like_k}, {like_q}, {like_q}};
    in_backward.push_back({p.sums_shape(), near, near + 0.5, DType::f32, Stored::as_float32});
    const MaskInputs backward_masks = add_masks(in_backward, h);
    backward.list.push_back({h.name,
                             in_backward,
                             {like_q, like_k, like_k},
                             [h, backward_masks](DType dtype, auto in, auto out) {
                               kernels::attention_backward(
                                   problem_of(h, dtype),
                                   {in[0], in[1], in[2], input_or_none(in, backward_masks.key_mask),
                                    input_or_none(in, backward_masks.bias), in[3], in[5], in[4], out[0],
                                    out[1], out[2]});
                             },
                             2 * kTolerance,
                             2.5 * p.flops(),
                             p.bytes(4, 4),
                             h.bench});

    std::vector<Input> in_weights = {{like_q}, {like_k}};
    const MaskInputs weight_masks = add_masks(in_weights, h);
    weights.list.push_back({h.name,
                            in_weights,
                            {p.weights_shape()},
                            [h, weight_masks](DType dtype, auto in, auto out) {
                              kernels::attention_weights(problem_of(h, dtype), in[0], in[1],
                                                         input_or_none(in, weight_masks.key_mask),
                                                         input_or_none(in, weight_masks.bias), out[0].view);
                            },
                            kTolerance,
                            p.flops() / 2,
                            kernels::AttentionWeights::bytes(p),
                            h.bench});
    weights.list.back().accumulates = false;
    weights.list.back().stored_outputs = {Stored::as_float32};
  }
  return {forward, backward, weights};
}

}  // namespace sonograd::cases
