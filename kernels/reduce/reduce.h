// Sums, means and maxima over any set of axes.
//
//   sum:  y[kept] = factor * sum of x[kept, reduced] over the reduced axes         (mean: factor = 1 / count); 0 over none
//   max:  y[kept] = max of x[kept, reduced], and its index: the first of equal ones; NaN counts as larger than all numbers
//
//   x any shape, y the kept extents (reduced axes are 1 with keep_dims), index like y, i32: the position of the maximum among
//   the reduced elements in row-major order; f32 or bf16 (f64: `reference` only). Sums of bf16 may be f32.
// Errors: ShapeError for an axis that x lacks, for a repeated axis, for a maximum of no elements, and for 2^31 or more
// elements that are reduced to one; DTypeError for other types.
#pragma once

#include "kernels/core/variant.h"

namespace sonograd::kernels {

/// Reduced axes of x. If they are adjacent (apart from extents of 1), x is [outer, count, inner] and the middle axis is
/// reduced.
struct ReduceProblem {
  Shape input, output;
  std::array<bool, kMaxRank> reduced{};
  std::int64_t outer = 1, count = 1, inner = 1;
  bool adjacent = true;
  DType dtype = DType::f32;
  /// Type of sums: `dtype` unless set; f32 where x is bf16 for the gradient of a float32 bias.
  DType y_dtype = DType::f32;

  /// `axes`: negative ones count from the end; empty: all axes.
  static ReduceProblem make(const Shape& x, std::span<const int> axes, bool keep_dims,
                            DType dtype = DType::f32);
  /// Additions or comparisons: one per element of x.
  double flops() const { return static_cast<double>(input.numel()); }
  /// Bytes of x and y, each touched once.
  double bytes() const {
    return static_cast<double>(size_of(dtype)) * static_cast<double>(input.numel()) +
           static_cast<double>(size_of(y_dtype)) * static_cast<double>(output.numel());
  }
  std::string summary() const {
    return concat(input, ' ', output, adjacent ? " " : " apart ", outer, 'x', count, 'x', inner, ' ',
                  name_of(dtype), y_dtype == dtype ? "" : " to f32");
  }
};

struct ReduceSum {
  static constexpr std::string_view name = "reduce_sum";
  using Problem = ReduceProblem;
  struct Args {
    View x;
    Out y;
    double factor;
  };
};
struct ReduceSumBackward {
  static constexpr std::string_view name = "reduce_sum_backward";
  using Problem = ReduceProblem;
  struct Args {
    View dy;
    Out dx;
    double factor;
  };
};
struct ReduceMax {
  static constexpr std::string_view name = "reduce_max";
  using Problem = ReduceProblem;
  struct Args {
    View x;
    Out y;
    View index;
  };
};
struct ReduceMaxBackward {
  static constexpr std::string_view name = "reduce_max_backward";
  using Problem = ReduceProblem;
  struct Args {
    View dy, index;
    Out dx;
  };
};

/// y (= or +=) factor * the sums.
void reduce_sum(const ReduceProblem& p, const View& x, const Out& y, double factor = 1);
/// dx (= or +=) factor * dy, repeated along the reduced axes.
void reduce_sum_backward(const ReduceProblem& p, const View& dy, const Out& dx, double factor = 1);
/// y (= or +=) the maxima. `index` is always replaced.
void reduce_max(const ReduceProblem& p, const View& x, const Out& y, const View& index);
/// dx (= or +=) dy at the maxima, zero elsewhere.
void reduce_max_backward(const ReduceProblem& p, const View& dy, const View& index, const Out& dx);

/// y (= or +=) the sum of x over its leading axes; the extents of y are the last ones of x, and y may be f32 where x is
/// bf16. It is the gradient of a bias [C], or of any tensor that was broadcast.
void channel_sum(const View& x, const Out& y);

}  // namespace sonograd::kernels
