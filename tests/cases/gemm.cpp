#include "kernels/gemm/gemm.h"

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::GemmOptions;
using kernels::GemmProblem;

struct Product {
  const char* name;
  Shape a;
  Shape b;
  GemmOptions options;
  bool bench = false;
};

const Product kProducts[] = {
    {"short-chunk dense1", {16, 512}, {512, 512}, {.transpose_b = true}, true},
    {"dense1 weight gradient", {16, 512}, {16, 512}, {.transpose_a = true}, true},
    {"attention projection", {240, 256}, {256, 256}, {.transpose_b = true}, true},
    {"attention scores", {6, 31, 64}, {6, 31, 64}, {.transpose_b = true}},
    {"prime sizes", {17, 29}, {29, 13}, {}},
    {"several tiles, more steps than stages", {131, 331}, {137, 331}, {.transpose_b = true}},
    {"both transposed", {29, 17}, {13, 29}, {true, true}},
    {"batch of transposed", {2, 3, 7, 5}, {2, 3, 7, 11}, {.transpose_a = true}},
    {"single value", {1, 1}, {1, 1}, {}},
};

}  // namespace

OpCases gemm_cases() {
  TableCases products{"gemm", {}};
  for (const Product& c : kProducts) {
    const GemmProblem p = GemmProblem::make(c.a, c.b, c.options);
    // Sums of up to 512 products of numbers below 1 in float32.
    products.list.push_back(
        {c.name,
         {{c.a}, {c.b}},
         {p.c},
         [options = c.options](DType, auto in, auto out) { kernels::gemm(in[0], in[1], out[0], options); },
         2e-6,
         p.flops(),
         p.bytes(),
         c.bench});
  }
  return {products};
}

}  // namespace sonograd::cases
