#include "kernels/layer_norm/layer_norm.h"

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::LayerNormProblem;

struct Rows {
  const char* name;
  Shape shape;
  bool bench = false;
};

const Rows kRows[] = {
    {"transformer tokens", {4, 187, 256}, true},
    {"prime sizes", {131, 7}},
    {"one wide row", {10007}},
    {"one feature", {5, 1}},
};

}  // namespace

OpCases layer_norm_cases() {
  TableCases forward{"layer_norm_forward", {}}, data{"layer_norm_backward_data", {}};
  TableCases weight{"layer_norm_backward_weight", {}};
  for (const Rows& rows : kRows) {
    const auto problem = [rows](DType dtype) { return LayerNormProblem::make(rows.shape, 1e-5, dtype); };
    const LayerNormProblem p = problem(DType::f32);
    const Shape channels = {p.width};
    const Input mean = {p.rows_shape, -0.1, 0.1}, inv_std = {p.rows_shape, 0.5, 2};
    // The mean of a row cancels to float32 precision of its values; inv_std magnifies what is left.
    forward.list.push_back({rows.name,
                            {{rows.shape}, {channels}, {channels}},
                            {rows.shape},
                            [problem](DType dtype, auto in, auto out) {
                              const LayerNormProblem typed = problem(dtype);
                              const Tensor m = Tensor::empty(typed.rows_shape, dtype, in[0].device);
                              const Tensor s = Tensor::empty(typed.rows_shape, dtype, in[0].device);
                              kernels::layer_norm_forward(typed, in[0], in[1], in[2], out[0], m, s);
                            },
                            5e-6,
                            p.flops(),
                            p.bytes(2),
                            rows.bench});
    forward.list.push_back({concat(rows.name, ", statistics"),
                            {{rows.shape}, {channels}, {channels}},
                            {rows.shape, p.rows_shape, p.rows_shape},
                            [problem](DType dtype, auto in, auto out) {
                              kernels::layer_norm_forward(problem(dtype), in[0], in[1], in[2], out[0],
                                                          out[1].view, out[2].view);
                            },
                            5e-6,
                            p.flops(),
                            p.bytes(2)});
    forward.list.back().accumulates = false;
    data.list.push_back({rows.name,
                         {{rows.shape}, {channels}, mean, inv_std, {rows.shape}},
                         {rows.shape},
                         [problem](DType dtype, auto in, auto out) {
                           kernels::layer_norm_backward_data(problem(dtype), in[0], in[1], in[2], in[3],
                                                             in[4], out[0]);
                         },
                         5e-6,
                         p.flops(),
                         p.bytes(3),
                         rows.bench});
    weight.list.push_back({rows.name,
                           {{rows.shape}, mean, inv_std, {rows.shape}},
                           {channels},
                           [problem](DType dtype, auto in, auto out) {
                             kernels::layer_norm_backward_weight(problem(dtype), in[0], in[1], in[2], in[3],
                                                                 out[0]);
                           },
                           5e-6,
                           p.flops(),
                           p.bytes(2),
                           rows.bench});
  }
  return {forward, data, weight};
}

}  // namespace sonograd::cases
