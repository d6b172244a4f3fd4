// Maximum and mean over windows of a map, channels last, without padding.
//
//   max:  y[n, t, f, c] = max over i < kernel.t, j < kernel.f of x[n, t*stride.t + i, f*stride.f + j, c]
//         index[n, t, f, c] = i*kernel.f + j of the first maximum in row-major order
//         with `rectify`, ReLU in the same pass: y = max(0, maximum); index = kNoCell where y is 0, so that no gradient passes
//   avg:  y = the mean over the same window
//
//   x [N, T, F, C] -> y [N, T', F', C] with T' = floor((T - kernel.t) / stride.t) + 1, likewise F'; or [N, T, C] ->
//   [N, T', C], a map with F = 1. f32 or bf16 (f64: `reference` only). index: u8 for windows of up to 255 cells, else i32.
// Errors: ShapeError for other ranks, a kernel or stride below 1, or a map smaller than the kernel.
#pragma once

#include "kernels/core/pair.h"
#include "kernels/core/variant.h"

namespace sonograd::kernels {

/// Most cells of a window with u8 indices.
inline constexpr std::int64_t kMaxByteWindow = 255;
/// The index that stands for no cell of a window.
template <class Index>
inline constexpr auto kNoCell = static_cast<Index>(-1);

struct PoolProblem {
  std::int64_t batch = 0, t = 0, f = 0, channels = 0;
  std::int64_t out_t = 0, out_f = 0;
  Pair kernel, stride;
  DType dtype = DType::f32;
  bool has_frequency = true;  ///< false: x and y have no axis F
  bool rectify = false;       ///< ReLU as well; max_pool_forward only

  static PoolProblem make(const Shape& x, Pair kernel, Pair stride, DType dtype = DType::f32);
  Shape input_shape() const {
    return has_frequency ? Shape{batch, t, f, channels} : Shape{batch, t, channels};
  }
  Shape output_shape() const {
    return has_frequency ? Shape{batch, out_t, out_f, channels} : Shape{batch, out_t, channels};
  }
  std::int64_t window() const { return kernel.t * kernel.f; }
  DType index_dtype() const { return window() <= kMaxByteWindow ? DType::u8 : DType::i32; }
  /// Comparisons or additions: one per cell of every window.
  double flops() const { return static_cast<double>(output_shape().numel() * window()); }
  /// Bytes of x and y, each touched once.
  double bytes() const {
    return static_cast<double>(size_of(dtype)) *
           static_cast<double>(input_shape().numel() + output_shape().numel());
  }
  std::string summary() const {
    return concat(input_shape(), " kernel ", kernel, " stride ", stride, rectify ? " relu " : " ",
                  name_of(dtype));
  }
};

struct MaxPoolForward {
  static constexpr std::string_view name = "max_pool_forward";
  using Problem = PoolProblem;
  struct Args {
    View x;
    Out y;
    View index;
  };
};
struct MaxPoolBackward {
  static constexpr std::string_view name = "max_pool_backward";
  using Problem = PoolProblem;
  struct Args {
    View dy, index;
    Out dx;
  };
};
struct AvgPoolForward {
  static constexpr std::string_view name = "avg_pool_forward";
  using Problem = PoolProblem;
  struct Args {
    View x;
    Out y;
  };
};
struct AvgPoolBackward {
  static constexpr std::string_view name = "avg_pool_backward";
  using Problem = PoolProblem;
  struct Args {
    View dy;
    Out dx;
  };
};

/// y (= or +=) the maxima. `index` is always replaced; undefined if no gradient will be computed.
void max_pool_forward(const PoolProblem& p, const View& x, const Out& y, const View& index = {});
/// dx (= or +=) dy at the maxima, zero elsewhere. An index that is no cell of the window contributes nothing.
void max_pool_backward(const PoolProblem& p, const View& dy, const View& index, const Out& dx);
/// y (= or +=) the means.
void avg_pool_forward(const PoolProblem& p, const View& x, const Out& y);
/// dx (= or +=) the adjoint of avg_pool_forward, applied to dy.
void avg_pool_backward(const PoolProblem& p, const View& dy, const Out& dx);

}  // namespace sonograd::kernels
