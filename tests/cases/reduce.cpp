#include "kernels/reduce/reduce.h"

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::ReduceProblem;

struct Reduction {
  const char* name;
  Shape x;
  std::vector<int> axes;
  bool keep_dims = false;
  bool bench = false;
};

const Reduction kReductions[] = {
    {"bias gradient of fcn layer2", {2, 188, 48, 128}, {0, 1, 2}, false, true},
    {"mean over time", {4, 187, 512}, {1}, true, true},
    {"everything", {3, 41, 997}, {}},
    {"maximum over bands", {2, 19, 11, 64}, {2}, false, true},
    {"short columns of a channel count beside the warp", {23, 7, 45}, {1}},
    {"long columns", {2, 611, 40}, {1}},
    {"bands of one channel", {3, 31, 96, 1}, {2}, false, true},
    {"rows", {301, 97}, {-1}},
    {"many rows of half a block", {701, 129}, {-1}},
    {"wide columns", {3, 5, 9001}, {0, 1}},
    {"adjacent, odd extents", {2, 3, 5, 7, 11}, {1, 2}},
    {"not adjacent", {5, 7, 3}, {0, 2}, true},
    {"single value", {1, 1}, {}},
};

// Stands for an `index` of the forward op: any position is valid.
Tensor some_index(const ReduceProblem& p, Device device) {
  const Tensor index = Tensor::empty(p.output, DType::i32);
  std::int32_t* position = index.data<std::int32_t>();
  for (std::int64_t i = 0; i < index.numel(); ++i)
    position[i] = static_cast<std::int32_t>(i * 7919 % p.count);
  return index.to(device);
}

}  // namespace

OpCases reduce_cases() {
  TableCases sum{"reduce_sum", {}, kFloat32AndBf16}, sum_backward{"reduce_sum_backward", {}, kFloat32AndBf16};
  TableCases max{"reduce_max", {}, kFloat32AndBf16}, max_backward{"reduce_max_backward", {}, kFloat32AndBf16};
  for (const Reduction& r : kReductions) {
    const auto problem = [r](DType dtype) { return ReduceProblem::make(r.x, r.axes, r.keep_dims, dtype); };
    const ReduceProblem p = problem(DType::f32);
    const double mean = 1.0 / static_cast<double>(p.count);
    // Numbers of both signs cancel, so a long sum is small beside its terms.
    const auto run_sum = [problem](DType dtype, auto in, auto out) {
      ReduceProblem typed = problem(dtype);
      typed.y_dtype = out[0].view.dtype;
      kernels::reduce_sum(typed, in[0], out[0]);
    };
    sum.list.push_back({r.name, {{r.x}}, {p.output}, run_sum, 1e-5, p.flops(), p.bytes(), r.bench});
    sum.list.push_back({.name = concat(r.name, ", sums in float32"),
                        .inputs = {{r.x}},
                        .outputs = {p.output},
                        .run = run_sum,
                        .tolerance = 1e-5,
                        .flops = p.flops(),
                        .bytes = p.bytes(),
                        .stored_outputs = {Stored::as_float32}});
    sum_backward.list.push_back({r.name,
                                 {{p.output}},
                                 {r.x},
                                 [problem, mean](DType dtype, auto in, auto out) {
                                   kernels::reduce_sum_backward(problem(dtype), in[0], out[0], mean);
                                 },
                                 1e-6,
                                 p.flops(),
                                 p.bytes(),
                                 r.bench});
    max.list.push_back({r.name,
                        {{r.x}},
                        {p.output},
                        [problem](DType dtype, auto in, auto out) {
                          const Tensor index = Tensor::empty(out[0].shape(), DType::i32, out[0].view.device);
                          kernels::reduce_max(problem(dtype), in[0], out[0], index);
                        },
                        1e-7,
                        p.flops(),
                        p.bytes(),
                        r.bench});
    max_backward.list.push_back({r.name,
                                 {{p.output}},
                                 {r.x},
                                 [problem](DType dtype, auto in, auto out) {
                                   const Tensor index = some_index(problem(dtype), out[0].view.device);
                                   kernels::reduce_max_backward(problem(dtype), in[0], index, out[0]);
                                 },
                                 1e-7,
                                 p.flops(),
                                 p.bytes(),
                                 r.bench});
  }
  return {sum, sum_backward, max, max_backward};
}

}  // namespace sonograd::cases
