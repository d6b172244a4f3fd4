// Convolution, ReLU and maximum pooling in one op: a convolution block in evaluation, with its batch norm folded into the
// weight. Forward only.
//
//   y = max_pool(relu(conv2d(x, weight) + bias)), windows of `pool` cells side by side (no overlap); ReLU can be left out
//
//   x [N, T, F, in], weight [out, kT, kF, in], bias [out] or undefined, y [N, T' / pool.t, F' / pool.f, out] rounded down,
//   T' and F' as in kernels/conv2d/conv2d.h; f32 or bf16, all of them alike (f64: `composed` only)
// Errors: those of conv2d and pool.
#pragma once

#include "kernels/conv2d/conv2d.h"
#include "kernels/pool/pool.h"

namespace sonograd::kernels {

struct Conv2dReluPoolProblem {
  Conv2dProblem conv;
  PoolProblem pool;
  DType dtype = DType::f32;

  static Conv2dReluPoolProblem make(const Shape& x, const Shape& weight, const Conv2dOptions& options,
                                    Pair pool, DType dtype = DType::f32, bool rectify = true);
  Shape output_shape() const { return pool.output_shape(); }
  /// Channels of the convolution; `flops` are those of the convolution, too.
  std::int64_t narrowest_channels() const { return conv.narrowest_channels(); }
  double flops() const { return conv.flops(); }
  /// Bytes of x, weight and y, each touched once.
  double bytes() const { return conv.bytes() + pool.bytes() - 2 * map_bytes(); }
  std::string summary() const {
    return concat(conv.summary(), pool.rectify ? " pool " : " without relu, pool ", pool.kernel);
  }

 private:
  double map_bytes() const {
    return static_cast<double>(size_of(dtype)) * static_cast<double>(conv.output_shape().numel());
  }
};

struct Conv2dReluPool {
  static constexpr std::string_view name = "conv2d_relu_pool";
  using Problem = Conv2dReluPoolProblem;
  struct Args {
    View x, weight, bias;
    Out y;
    WeightCache* cache = nullptr;
  };
};

/// y (= or +=) the pooled map. `bias` may be undefined. `cache` keeps packed weights between calls (WeightCache); null:
/// none.
void conv2d_relu_pool(const Conv2dReluPoolProblem& p, const View& x, const View& weight, const View& bias,
                      const Out& y, WeightCache* cache = nullptr);

}  // namespace sonograd::kernels
