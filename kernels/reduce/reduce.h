// Sums, means and maxima over any set of axes.
//
//   sum:  y[kept] = factor * sum of x[kept, reduced] over the reduced axes         (mean: factor = 1 / count); 0 over none
//   max:  y[kept] = max of x[kept, reduced], and where it is; the first one wins, a NaN wins over numbers
//
//   x any shape, y the kept extents (reduced axes stay as 1 with keep_dims), index as y, i32: the position of
//   the maximum among the reduced elements in row-major order; f32 or bf16 (f64: `reference` only). Sums of bf16 may be f32.
// Errors: ShapeError for an axis that x lacks, one named twice, or a maximum of no elements; DTypeError for other
// types.
#pragma once

#include "kernels/core/variant.h"

namespace sonograd::kernels {

/// Which axes go. When they are adjacent (extents of 1 aside), x is [outer, count, inner] and the middle
/// goes.
struct ReduceProblem {
  Shape input, output;
  std::array<bool, kMaxRank> reduced{};
  std::int64_t outer = 1, count = 1, inner = 1;
  bool adjacent = true;
  DType dtype = DType::f32;
  DType y_dtype =
      DType::f32;  ///< of sums: as `dtype` unless set; f32 where x is bf16 for the gradient of a float32 bias

  /// `axes` may count from the end; empty means all of them.
  static ReduceProblem make(const Shape& x, std::span<const int> axes, bool keep_dims,
                            DType dtype = DType::f32);
  /// Additions or comparisons.
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

void reduce_sum(const ReduceProblem& p, const View& x, const Out& y, double factor = 1);
/// dx = factor * dy, repeated along the reduced axes.
void reduce_sum_backward(const ReduceProblem& p, const View& dy, const Out& dx, double factor = 1);
/// `index` is written, never added to.
void reduce_max(const ReduceProblem& p, const View& x, const Out& y, const View& index);
/// dx = dy at the maxima and zero elsewhere.
void reduce_max_backward(const ReduceProblem& p, const View& dy, const View& index, const Out& dx);

/// y = the sum of x over its leading axes; the extents of y are the last ones of x, and y may be f32 where x is bf16. The
/// gradient of a bias [C], or of anything that was broadcast.
void channel_sum(const View& x, const Out& y);

}  // namespace sonograd::kernels
