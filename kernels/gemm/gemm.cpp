#include "kernels/gemm/gemm.h"

#include <algorithm>
#include <utility>

#include "kernels/core/check.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"
#include "kernels/vendor/cublas.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<Gemm> gemm_reference, gemm_outer_products, gemm_dot_products, gemm_onednn;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<Gemm> gemm_naive, gemm_tiled, gemm_mma, gemm_wgmma;)

namespace {

// One row per line.
// clang-format off
constexpr const KernelVariant<Gemm>* kGemm[] = {
    &cpu::gemm_reference,
    &cpu::gemm_outer_products,
    &cpu::gemm_dot_products,
    &cpu::gemm_onednn,
    SONOGRAD_ON_CUDA(gemm_naive),
    SONOGRAD_ON_CUDA(gemm_tiled),
    SONOGRAD_ON_CUDA(gemm_mma),
    SONOGRAD_ON_CUDA(gemm_wgmma),
    SONOGRAD_CUBLAS_ROW(gemm_cublas)
};
// clang-format on

// Steps along the rows and columns of a matrix, the last two axes of a view.
MatrixSteps matrix_steps(std::string_view name, const View& view, bool transposed) {
  const int row_axis = transposed ? -1 : -2, column_axis = transposed ? -2 : -1;
  const std::int64_t rows = view.shape[row_axis], columns = view.shape[column_axis];
  MatrixSteps steps = {view.stride(row_axis), view.stride(column_axis), {}};
  if (columns <= 1) steps.column = 1, steps.row = rows <= 1 ? 1 : steps.row;
  if (rows <= 1) steps.row = steps.column == 1 ? std::max<std::int64_t>(1, columns) : 1;
  if (steps.row != 1 && steps.column != 1) {
    throw ShapeError(concat("[gemm] ", name, ": expected one of the last two axes to be dense, got steps of ",
                            view.stride(-2), " and ", view.stride(-1), "; ", name, " ", view.shape));
  }
  return steps;
}

// Steps of C or the residual, whose rows must not overlap.
MatrixSteps row_major_steps(std::string_view name, const View& view, bool is_written) {
  const MatrixSteps steps = matrix_steps(name, view, false);
  if (steps.column != 1) {
    throw ShapeError(concat("[gemm] ", name, ": expected a dense last axis; ", name, " ", view.shape));
  }
  bool overlaps = steps.row < view.shape[-1] && view.shape[-2] > 1;
  for (int axis = 0; axis < view.shape.rank() - 2; ++axis)
    overlaps |= view.stride(axis) == 0 && view.shape[axis] > 1;
  if (is_written && overlaps)
    throw ShapeError(concat("[gemm] ", name, ": expected rows that do not overlap; ", name, " ", view.shape));
  return steps;
}

// Joins the leading axes where all matrices allow it.
void join_batches(GemmProblem& p, std::span<const std::pair<const View*, MatrixSteps*>> matrices) {
  int axes = 0;
  for (int axis = 0; axis < p.c.rank() - 2; ++axis) {
    const std::int64_t extent = p.c[axis];
    if (extent == 1) continue;
    const bool joins = axes > 0 && std::ranges::all_of(matrices, [&](const auto& matrix) {
                         return matrix.second->batch[1] == extent * matrix.first->stride(axis);
                       });
    if (!joins && ++axes > 2) {
      throw ShapeError(
          concat("[gemm] leading axes: expected at most two that cannot be joined; a ", p.a, ", b ", p.b));
    }
    if (!joins) p.batches[0] = std::exchange(p.batches[1], 1);
    p.batches[1] *= extent;
    for (const auto& [view, steps] : matrices) {
      if (!joins) steps->batch[0] = steps->batch[1];
      steps->batch[1] = view->stride(axis);
    }
  }
}

void check_operand(const GemmProblem& p, std::string_view name, const View& view, const Shape& shape) {
  if (view.shape != shape)
    throw ShapeError(concat("[gemm] ", name, ": expected ", shape, ", got ", view.shape));
  if (view.dtype != p.dtype) {
    throw DTypeError(concat("[gemm] ", name, ": expected ", name_of(p.dtype), ", got ", name_of(view.dtype)));
  }
}

}  // namespace

GemmProblem GemmProblem::make(const View& a, const View& b, const View& c, const GemmOptions& options,
                              const GemmTerms& terms) {
  const auto shapes = [&] {
    return concat("; a ", a.shape, options.transpose_a ? " transposed" : "", ", b ", b.shape,
                  options.transpose_b ? " transposed" : "");
  };
  GemmProblem p;
  p.a = a.shape, p.b = b.shape;
  p.options = options;
  p.dtype = a.dtype;
  if (p.a.rank() < 2 || p.a.rank() != p.b.rank())
    throw ShapeError(concat("[gemm] a, b: expected the same number of axes, at least 2", shapes()));
  p.m = p.a[options.transpose_a ? -1 : -2];
  p.k = p.a[options.transpose_a ? -2 : -1];
  p.n = p.b[options.transpose_b ? -2 : -1];
  const std::int64_t b_rows = p.b[options.transpose_b ? -1 : -2];
  if (b_rows != p.k) throw ShapeError(concat("[gemm] b: expected ", p.k, " rows, got ", b_rows, shapes()));
  for (int axis = 0; axis < p.a.rank() - 2; ++axis) {
    if (p.a[axis] != p.b[axis])
      throw ShapeError(concat("[gemm] a, b: expected equal leading axes", shapes()));
  }
  p.c = p.a.with(-2, p.m).with(-1, p.n);
  p.has_bias = terms.bias.defined();
  p.has_residual = terms.residual.defined();

  std::array<std::pair<const View*, MatrixSteps*>, 4> matrices = {
      {{&a, &p.a_steps}, {&b, &p.b_steps}, {&c, &p.c_steps}, {&terms.residual, &p.residual_steps}}};
  const auto present = std::span(matrices).first(p.has_residual ? 4 : 3);
  check_operand(p, "b", b, p.b);
  check_operand(p, "c", c, p.c);
  if (p.has_residual) check_operand(p, "residual", terms.residual, p.c);
  if (p.has_bias) check_dense("gemm", "bias", terms.bias, {p.n}, p.dtype);
  p.a_steps = matrix_steps("a", a, options.transpose_a);
  p.b_steps = matrix_steps("b", b, options.transpose_b);
  p.c_steps = row_major_steps("c", c, true);
  if (p.has_residual) p.residual_steps = row_major_steps("residual", terms.residual, false);
  join_batches(p, present);
  return p;
}

GemmProblem GemmProblem::make(const Shape& a, const Shape& b, const GemmOptions& options, DType dtype) {
  Shape c = a;
  if (a.rank() >= 2 && b.rank() >= 2) {
    c = a.with(-2, a[options.transpose_a ? -1 : -2]).with(-1, b[options.transpose_b ? -2 : -1]);
  }
  const auto dense = [&](const Shape& shape) { return View(nullptr, shape, dtype, {}); };
  return make(dense(a), dense(b), dense(c), options);
}

double GemmProblem::flops() const {
  return 2.0 * static_cast<double>(batch() * m * n) * static_cast<double>(k);
}

double GemmProblem::bytes() const {
  return static_cast<double>(size_of(dtype)) *
         static_cast<double>(a.numel() + b.numel() + c.numel() * (has_residual ? 2 : 1) + (has_bias ? n : 0));
}

std::string GemmProblem::summary() const {
  std::string text =
      concat(a, b, options.transpose_a ? " ta" : "", options.transpose_b ? " tb" : "", ' ', name_of(dtype));
  const auto dense = make(a, b, {options.transpose_a, options.transpose_b}, dtype);
  const auto steps_of = [&](std::string_view name, const MatrixSteps& steps, const MatrixSteps& of_dense) {
    if (steps == of_dense && batches == dense.batches) return std::string();
    return concat(name, ' ', steps.batch[0], '/', steps.batch[1], '/', steps.row, '/', steps.column);
  };
  text += steps_of(" a", a_steps, dense.a_steps);
  text += steps_of(" b", b_steps, dense.b_steps);
  text += steps_of(" c", c_steps, dense.c_steps);
  if (options.alpha != 1) text += concat(" alpha ", options.alpha);
  if (has_bias) text += " + bias";
  if (options.activation) text += concat(' ', name_of(*options.activation));
  if (options.activation && options.activation_alpha != 1) text += concat('(', options.activation_alpha, ')');
  if (has_residual) text += concat(" + residual", steps_of("", residual_steps, dense.c_steps));
  return text;
}

void gemm(const View& a, const View& b, const Out& c, const GemmOptions& options, const GemmTerms& terms) {
  const auto p = GemmProblem::make(a, b, c.view, options, terms);
  for (const auto& [name, view] : {std::pair{"a", &a}, std::pair{"b", &b}, std::pair{"c", &c.view}}) {
    if (!view->defined() && view->numel() != 0) throw ShapeError(concat("[gemm] ", name, " is missing"));
  }
  if (p.c.numel() == 0) return;
  run<Gemm>(kGemm, p, {a, b, c, terms.bias, terms.residual});
}

TableList gemm_tables() {
  return {describe<Gemm>(kGemm)};
}

}  // namespace sonograd::kernels
