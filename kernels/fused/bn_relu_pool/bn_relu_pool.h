// Batch normalisation, ReLU and maximum pooling in one pass over the map.
//
//   y = max_pool(relu((x - mean) * inv_std * weight + bias)), windows of `pool` cells side by side (no overlap)
//   index = the first maximum of the window, kNoMaximum where y is 0: the gradient of ReLU at 0 is 0, so none passes there
//   backward: dz = dy at the maxima, zero elsewhere; dweight, dbias and dx from dz as in
//     kernels/batch_norm/batch_norm.h, with mean and inv_std the statistics of x
//
//   x, dx [N, T, F, C] or [N, T, C] (then pool.f = 1), y, dy, index [N, T / pool.t, F / pool.f, C] rounded down; f32 or bf16
//   (f64: `composed` only), index u8. Everything else [C] and f32 (f64 where x is). Maxima are of values before they are
//   rounded to bf16. A pool of 1 is no pooling.
// Errors: ShapeError when extents do not fit, x is empty or the window has more than 255 cells.
#pragma once

#include "kernels/pool/pool.h"

namespace sonograd::kernels {

inline constexpr std::uint8_t kNoMaximum = kNoCell<std::uint8_t>;

/// Sizes of the map and of the pooling.
struct BnReluPoolProblem : PoolProblem {
  static BnReluPoolProblem make(const Shape& x, Pair pool, DType dtype = DType::f32);
};

struct BnReluPoolForward {
  static constexpr std::string_view name = "bn_relu_pool_forward";
  using Problem = BnReluPoolProblem;
  struct Args {
    View x, mean, inv_std, weight, bias;
    Out y;
    View index;
  };
};
struct BnReluPoolBackward {
  static constexpr std::string_view name = "bn_relu_pool_backward";
  using Problem = BnReluPoolProblem;
  static double bytes(const Problem& p) { return 3 * p.bytes(); }
  struct Args {
    View x, dy, index, mean, inv_std, weight;
    Out dx, dweight, dbias;
  };
};

/// y (= or +=) the pooled map. `index` is always replaced.
void bn_relu_pool_forward(const BnReluPoolProblem& p, const View& x, const View& mean, const View& inv_std,
                          const View& weight, const View& bias, const Out& y, const View& index);
/// Gradients (= or +=) from dy. Undefined outputs are not computed.
void bn_relu_pool_backward(const BnReluPoolProblem& p, const View& x, const View& dy, const View& index,
                           const View& mean, const View& inv_std, const View& weight, const Out& dx,
                           const Out& dweight, const Out& dbias);

}  // namespace sonograd::kernels
