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
  TableCases forward{"layer_norm_forward", {}, kFloat32AndBf16},
      data{"layer_norm_backward_data", {}, kFloat32AndBf16};
  TableCases weight{"layer_norm_backward_weight", {}, kFloat32AndBf16};
  for (const Rows& rows : kRows) {
    const auto problem = [rows](DType dtype) { return LayerNormProblem::make(rows.shape, 1e-5, dtype); };
    const LayerNormProblem p = problem(DType::f32);
    const Input parameter = {.shape = {p.width}, .stored = Stored::as_float32};
    const Input mean = {p.rows_shape, -0.1, 0.1, DType::f32, Stored::as_float32};
    const Input inv_std = {p.rows_shape, 0.5, 2, DType::f32, Stored::as_float32};
    // The mean of a row cancels to float32 precision of its values; inv_std magnifies the difference.
    forward.list.push_back({rows.name,
                            {{rows.shape}, parameter, parameter},
                            {rows.shape},
                            [problem](DType dtype, auto in, auto out) {
                              const LayerNormProblem typed = problem(dtype);
                              const Tensor m = Tensor::empty(typed.rows_shape, in[1].dtype, in[0].device);
                              const Tensor s = Tensor::empty(typed.rows_shape, in[1].dtype, in[0].device);
                              kernels::layer_norm_forward(typed, in[0], in[1], in[2], out[0], m, s);
                            },
                            5e-6,
                            p.flops(),
                            p.bytes(2),
                            rows.bench});
    forward.list.push_back({concat(rows.name, ", statistics"),
                            {{rows.shape}, parameter, parameter},
                            {rows.shape, p.rows_shape, p.rows_shape},
                            [problem](DType dtype, auto in, auto out) {
                              kernels::layer_norm_forward(problem(dtype), in[0], in[1], in[2], out[0],
                                                          out[1].view, out[2].view);
                            },
                            5e-6,
                            p.flops(),
                            p.bytes(2)});
    forward.list.back().accumulates = false;
    forward.list.back().stored_outputs = {Stored::as_tested, Stored::as_float32, Stored::as_float32};
    data.list.push_back({rows.name,
                         {{rows.shape}, parameter, mean, inv_std, {rows.shape}},
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
                           {parameter.shape},
                           [problem](DType dtype, auto in, auto out) {
                             kernels::layer_norm_backward_weight(problem(dtype), in[0], in[1], in[2], in[3],
                                                                 out[0]);
                           },
                           5e-6,
                           p.flops(),
                           p.bytes(2),
                           rows.bench});
    weight.list.back().stored_outputs = {Stored::as_float32};
  }
  return {forward, data, weight};
}

}  // namespace sonograd::cases
