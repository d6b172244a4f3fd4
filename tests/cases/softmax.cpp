#include "kernels/softmax/softmax.h"

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::SoftmaxProblem;

struct Rows {
  const char* name;
  Shape shape;
  bool bench = false;
  double most = 9;  // absolute value of an element
};

const Rows kRows[] = {
    {"attention weights", {4, 8, 31, 31}, true},
    {"wide rows", {3, 20011}},
    {"prime sizes", {7, 5, 13}},
    {"one class", {5, 1}},
    {"exponentials beyond float32", {17, 29}, false, 200},
};

}  // namespace

OpCases softmax_cases() {
  TableCases forward{"softmax_forward", {}, kFloat32AndBf16},
      backward{"softmax_backward", {}, kFloat32AndBf16};
  for (const bool log : {false, true}) {
    for (const Rows& rows : kRows) {
      const auto problem = [rows, log](DType dtype) { return SoftmaxProblem::make(rows.shape, log, dtype); };
      const SoftmaxProblem p = problem(DType::f32);
      const std::string name = concat(log ? "log, " : "", rows.name);
      // A float32 sum of up to 20,000 positive terms.
      forward.list.push_back({name,
                              {{rows.shape, -rows.most, rows.most}},
                              {rows.shape},
                              [problem](DType dtype, auto in, auto out) {
                                kernels::softmax_forward(problem(dtype), in[0], out[0]);
                              },
                              5e-6,
                              p.flops(),
                              p.bytes(2),
                              rows.bench});
      const cases::Input y = {rows.shape, log ? -9.0 : 0.0, log ? 0.0 : 1.0};
      backward.list.push_back({name,
                               {y, {rows.shape}},
                               {rows.shape},
                               [problem](DType dtype, auto in, auto out) {
                                 kernels::softmax_backward(problem(dtype), in[0], in[1], out[0]);
                               },
                               5e-6,
                               p.flops(),
                               p.bytes(3),
                               rows.bench});
    }
  }
  return {forward, backward};
}

}  // namespace sonograd::cases
