#include "kernels/gemm/gemm.h"

#include "kernels/copy/copy.h"
#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::GemmOptions;
using kernels::GemmProblem;
using kernels::GemmTerms;
using kernels::Unary;

// Sums of up to 512 products of numbers below 1 in float32. Products of bf16 are exact in float32.
constexpr double kTolerance = 2e-6;

struct Terms {
  bool bias = false, residual = false;
  bool in_place = false;  ///< the residual is C itself
};

// ---- dense operands
struct Product {
  const char* name;
  Shape a;
  Shape b;
  GemmOptions options;
  bool bench = false;
  Terms terms = {};
};

const Product kProducts[] = {
    {"short-chunk dense1", {16, 512}, {512, 512}, {.transpose_b = true}, true, {.bias = true}},
    {"dense1 weight gradient", {16, 512}, {16, 512}, {.transpose_a = true}, true},
    {"attention projection", {240, 256}, {256, 256}, {.transpose_b = true}, true},
    {"attention scores", {6, 31, 64}, {6, 31, 64}, {.transpose_b = true, .alpha = 0.125}},
    {"prime sizes", {17, 29}, {29, 13}, {}},
    {"several tiles, more steps than stages", {131, 331}, {137, 331}, {.transpose_b = true}},
    {"both transposed", {29, 17}, {13, 29}, {true, true}},
    {"batch of transposed", {2, 3, 7, 5}, {2, 3, 7, 11}, {.transpose_a = true}},
    {"single value", {1, 1}, {1, 1}, {}},
    {"column", {37, 19}, {19, 1}, {}, false, {.bias = true}},
    {"feed-forward",
     {130, 64},
     {96, 64},
     {.transpose_b = true, .activation = Unary::gelu},
     false,
     {.bias = true}},
    {"output projection", {67, 64}, {33, 64}, {.transpose_b = true}, false, {.bias = true, .residual = true}},
    {"rectified, then added",
     {2, 33, 17},
     {2, 17, 65},
     {.activation = Unary::relu},
     false,
     {.residual = true}},
    {"everything",
     {2, 19, 23},
     {2, 23, 31},
     {.alpha = -0.5, .activation = Unary::scale, .activation_alpha = 3},
     false,
     {.bias = true, .residual = true}},
};

Case case_of(const Product& product) {
  const GemmProblem p = GemmProblem::make(product.a, product.b, product.options);
  return {product.name,
          {{product.a}, {product.b}, {{p.n}}, {p.c}},
          {p.c},
          [options = product.options, terms = product.terms](DType, auto in, auto out) {
            kernels::gemm(in[0], in[1], out[0], options,
                          {terms.bias ? in[2] : View(), terms.residual ? in[3] : View()});
          },
          kTolerance,
          p.flops(),
          p.bytes(),
          product.bench};
}

// ---- parts of larger tensors
using Part = View (*)(const View& whole);

View all(const View& whole) {
  return whole;
}
// Columns 3 to 20: rows with gaps between them.
View columns(const View& whole) {
  return whole.slice(-1, 3, 17);
}
View every_other_row(const View& whole) {
  return whole.reshape({whole.shape[0] / 2, 2 * whole.shape[1]}).slice(-1, 0, whole.shape[1]);
}
// [N, S, 3 * heads * 8] -> [N, heads, 1, S, 8]
template <int index>
View heads(const View& whole) {
  const Shape& s = whole.shape;
  return whole.reshape({s[0], s[1], 3, s[2] / 24, 8}).slice(2, index, 1).permute(std::array{0, 3, 2, 1, 4});
}
// [N, S, heads * 8] -> [N, heads, 1, S, 8]
View merged_heads(const View& whole) {
  const Shape& s = whole.shape;
  return whole.reshape({s[0], s[1], 1, s[2] / 8, 8}).permute(std::array{0, 3, 2, 1, 4});
}
// [T, N, D] -> [N, T, D]: the rows of a step are neighbours.
View by_steps(const View& whole) {
  return whole.permute(std::array{1, 0, 2});
}
// One matrix as a batch of three.
View repeated(const View& whole) {
  View batch = whole;
  batch.shape = {3, whole.shape[0], whole.shape[1]};
  batch.strides = {0, whole.stride(0), whole.stride(1)};
  return batch;
}

struct PartProduct {
  const char* name;
  Shape a, b, c;  // the tensors
  Part part_a, part_b, part_c;
  GemmOptions options;
  Terms terms = {};
  Write mode = Write::kSet;
};

const PartProduct kPartProducts[] = {
    {"leading dimensions", {19, 23}, {17, 41}, {19, 29}, columns, columns, columns, {}},
    {"leading dimensions, b transposed",
     {70, 23},
     {17, 41},
     {70, 29},
     columns,
     columns,
     columns,
     {.transpose_b = true}},
    {"added to a part", {70, 17}, {17, 17}, {70, 29}, all, all, columns, {}, {}, Write::kAdd},
    {"part with all terms, added",
     {33, 23},
     {17, 17},
     {33, 29},
     columns,
     all,
     columns,
     {.alpha = 0.5, .activation = Unary::tanh},
     {.bias = true, .residual = true},
     Write::kAdd},
    {"part with all terms",
     {33, 23},
     {17, 17},
     {33, 29},
     columns,
     all,
     columns,
     {.transpose_b = true, .activation = Unary::sigmoid},
     {.bias = true, .residual = true}},
    {"residual in place",
     {33, 23},
     {17, 17},
     {33, 29},
     columns,
     all,
     columns,
     {},
     {.bias = true, .in_place = true}},
    {"residual in place behind a function",
     {2, 21, 17},
     {2, 17, 35},
     {2, 21, 35},
     all,
     all,
     all,
     {.alpha = 0.5, .activation = Unary::gelu},
     {.in_place = true}},
    {"residual in place, added",
     {33, 23},
     {17, 17},
     {33, 29},
     columns,
     all,
     columns,
     {.activation = Unary::relu},
     {.bias = true, .in_place = true},
     Write::kAdd},
    {"every other row, a transposed",
     {34, 19},
     {34, 11},
     {38, 11},
     every_other_row,
     every_other_row,
     every_other_row,
     {.transpose_a = true}},
    {"scores of heads",
     {2, 13, 72},
     {2, 13, 72},
     {2, 3, 1, 13, 13},
     heads<0>,
     heads<1>,
     all,
     {.transpose_b = true, .alpha = 0.35}},
    {"values of heads", {2, 3, 1, 13, 13}, {2, 13, 72}, {2, 13, 24}, all, heads<2>, merged_heads, {}},
    {"gradient of keys",
     {2, 3, 1, 13, 13},
     {2, 13, 72},
     {2, 13, 72},
     all,
     heads<0>,
     heads<1>,
     {.transpose_a = true}},
    {"gates of all steps",
     {3, 7, 17},
     {33, 17},
     {7, 3, 33},
     all,
     repeated,
     by_steps,
     {.transpose_b = true},
     {.bias = true}},
};

// The tensor around C is an output, too: elements between the rows of C must stay as they were.
Case case_of(const PartProduct& product) {
  const auto dense = [](const Shape& shape) { return View(nullptr, shape, DType::f32, {}); };
  const View part_c = product.part_c(dense(product.c));
  const auto p = GemmProblem::make(product.part_a(dense(product.a)), product.part_b(dense(product.b)), part_c,
                                   product.options);
  return {.name = product.name,
          .inputs = {{product.a}, {product.b}, {{p.n}}, {product.c}, {product.c}},
          .outputs = {product.c},
          .run =
              [product](DType dtype, auto in, auto out) {
                const Tensor whole = Tensor::empty(product.c, dtype, in[3].device);
                whole.copy_from(in[3]);
                const View c = product.part_c(whole);
                const GemmTerms terms = {.bias = product.terms.bias ? in[2] : View(),
                                         .residual = product.terms.in_place   ? c
                                                     : product.terms.residual ? product.part_c(in[4])
                                                                              : View()};
                kernels::gemm(product.part_a(in[0]), product.part_b(in[1]), {c, product.mode},
                              product.options, terms);
                kernels::copy(whole, out[0]);
              },
          .tolerance = kTolerance,
          .flops = p.flops(),
          .bytes = p.bytes(),
          .accumulates = false};
}

}  // namespace

OpCases gemm_cases() {
  TableCases products{"gemm", {}, kFloat32AndBf16};
  for (const Product& product : kProducts) products.list.push_back(case_of(product));
  for (const PartProduct& product : kPartProducts) products.list.push_back(case_of(product));
  return {products};
}

}  // namespace sonograd::cases
