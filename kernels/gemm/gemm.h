// Matrix products, one or a batch of them.
//
//   C[b, i, j] = sum over l of op(A)[b, i, l] * op(B)[b, l, j]         op(X) = X, or its transpose
//
//   op(A) [..., m, k], op(B) [..., k, n], C [..., m, n], equal leading axes; f32 (f64: `reference` only)
// Errors: ShapeError when extents do not fit; DTypeError for other element types.
#pragma once

#include "kernels/core/variant.h"

namespace sonograd::kernels {

struct GemmOptions {
  bool transpose_a = false;
  bool transpose_b = false;
};

struct GemmProblem {
  Shape a, b, c;
  std::int64_t batch = 1, m = 0, n = 0, k = 0;
  GemmOptions options;
  DType dtype = DType::f32;

  static GemmProblem make(const Shape& a, const Shape& b, const GemmOptions& options,
                          DType dtype = DType::f32);
  double flops() const;
  /// Bytes of A, B and C, each touched once.
  double bytes() const;
  std::string summary() const {
    return concat(a, b, options.transpose_a ? " ta" : "", options.transpose_b ? " tb" : "", ' ',
                  name_of(dtype));
  }
};

struct Gemm {
  static constexpr std::string_view name = "gemm";
  using Problem = GemmProblem;
  struct Args {
    View a, b;
    Out c;
  };
};

void gemm(const GemmProblem& p, const View& a, const View& b, const Out& c);
/// The same, with the problem made from the views.
void gemm(const View& a, const View& b, const Out& c, const GemmOptions& options = {});

}  // namespace sonograd::kernels
