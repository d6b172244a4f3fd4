// Matrix products, single or in batches, of views of larger tensors.
//
//   C[b, i, j] (= or +=) f(alpha * sum over l of op(A)[b, i, l] * op(B)[b, l, j] + bias[j]) + residual[b, i, j]
//   op(X) = X, or its transpose; f is any function of kernels/pointwise, or none
//
//   op(A) [..., m, k], op(B) [..., k, n], C and residual [..., m, n], equal leading axes; bias [n]; f32 or bf16, all alike
//   (f64: `reference` only). Sums and terms are computed in float32; a result is rounded once.
//   A, B, C and residual are views with strides: one of the last two axes of A and B is dense, the other may have any step
//   (the leading dimension of BLAS); the last axis of C and residual is dense. Leading axes may have any strides, 0 repeats
//   a matrix of A or B; at most two of them cannot be joined (batch × head). bias dense.
//   C overlaps no operand but a residual with equal strides.
// Errors: ShapeError when extents or strides do not fit; DTypeError for other element types.
#pragma once

#include <optional>

#include "kernels/core/variant.h"
#include "kernels/pointwise/functions.h"

namespace sonograd::kernels {

struct GemmOptions {
  bool transpose_a = false;
  bool transpose_b = false;
  double alpha = 1;
  std::optional<Unary> activation = {};  ///< f
  double activation_alpha = 1;           ///< parameter of f, for functions that have one
};

/// Terms that are added to a product; undefined views: none.
struct GemmTerms {
  View bias, residual;
};

/// Steps between elements of a batch of matrices; those of axes of extent 1 have no meaning.
struct MatrixSteps {
  std::int64_t row = 0, column = 0;
  std::array<std::int64_t, 2> batch{};

  /// The description of BLAS for a row-major matrix: stored transposed or not, and the step between stored rows.
  bool is_transposed() const { return column != 1; }
  std::int64_t leading() const { return is_transposed() ? column : row; }
  friend bool operator==(const MatrixSteps&, const MatrixSteps&) = default;
};

struct GemmProblem {
  Shape a, b, c;
  std::array<std::int64_t, 2> batches = {1, 1};  ///< leading axes, joined to at most two
  std::int64_t m = 0, n = 0, k = 0;
  MatrixSteps a_steps, b_steps;  ///< steps of op(A) [m, k] and op(B) [k, n]
  MatrixSteps c_steps, residual_steps;
  bool has_bias = false, has_residual = false;
  GemmOptions options;
  DType dtype = DType::f32;

  static GemmProblem make(const View& a, const View& b, const View& c, const GemmOptions& options,
                          const GemmTerms& terms = {});
  /// A product of dense tensors without terms; the shape of C follows from those of A and B.
  static GemmProblem make(const Shape& a, const Shape& b, const GemmOptions& options,
                          DType dtype = DType::f32);

  std::int64_t batch() const { return batches[0] * batches[1]; }
  /// Offset of matrix `index` of the batch.
  std::int64_t offset(const MatrixSteps& steps, std::int64_t index) const {
    return index / batches[1] * steps.batch[0] + index % batches[1] * steps.batch[1];
  }
  /// True when C is the product alone: no scale, function or terms.
  bool is_plain() const { return options.alpha == 1 && !options.activation && !has_bias && !has_residual; }
  double flops() const;
  /// Bytes of A, B, C and the terms, each touched once.
  double bytes() const;
  std::string summary() const;
};

struct Gemm {
  static constexpr std::string_view name = "gemm";
  using Problem = GemmProblem;
  struct Args {
    View a, b;
    Out c;
    View bias, residual;
  };
};

/// c (= or +=) the product with its terms.
void gemm(const View& a, const View& b, const Out& c, const GemmOptions& options = {},
          const GemmTerms& terms = {});

}  // namespace sonograd::kernels
