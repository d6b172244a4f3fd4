#include "kernels/dropout/dropout.h"

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

struct Rate {
  const char* name;
  Shape shape;
  double p;
  bool bench = false;
};

const Rate kRates[] = {
    {"fcn head", {4, 12, 10, 1024}, 0.5, true},
    {"prime sizes", {3, 7, 11, 13}, 0.3},
    {"nothing dropped", {5, 3}, 0},
    {"single value", {1}, 0.5},
};

}  // namespace

OpCases dropout_cases() {
  TableCases dropout{"dropout", {}, kFloat32AndBf16};
  const RandomKey key = {
      .seed = 0x123456789abcdef0, .step = 5, .example = 9, .stream = RandomStream::dropout};
  for (const Rate& rate : kRates) {
    const auto problem = [rate, key](DType dtype) {
      return kernels::DropoutProblem::make(rate.shape, rate.p, key, dtype);
    };
    const auto p = problem(DType::f32);
    dropout.list.push_back(
        {rate.name,
         {{rate.shape}},
         {rate.shape},
         [problem](DType dtype, auto in, auto out) { kernels::dropout(problem(dtype), in[0], out[0]); },
         2e-7,
         p.flops(),
         p.bytes(),
         rate.bench});
  }
  return {dropout};
}

}  // namespace sonograd::cases
