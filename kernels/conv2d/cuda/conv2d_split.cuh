// The sum over positions of a weight gradient is cut into stretches, because a filter has too few elements to fill
// a device. Each stretch gives a gradient of its own, a slab; the slabs are added in order. The cut depends on the
// problem alone, so equal runs are equal bit for bit.
#pragma once

#include <algorithm>

#include "kernels/conv2d/cuda/conv2d_geometry.cuh"
#include "kernels/reduce/reduce.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

struct Split {
  static constexpr std::int64_t kBlocks = 264;  // wanted in all: two for each multiprocessor of a large GPU
  std::int64_t slabs;
  std::int64_t stretch;  // units of a slab; the last one may have fewer

  /// Of `units` (positions, rows or boxes of them) in stretches of at least `shortest`, for a gradient of `tiles`
  /// blocks.
  static Split of(std::int64_t units, std::int64_t shortest, std::int64_t tiles) {
    const std::int64_t most = std::clamp<std::int64_t>(units / shortest, 1, (kBlocks + tiles - 1) / tiles);
    const std::int64_t stretch = std::max<std::int64_t>((units + most - 1) / most, 1);
    return {std::max<std::int64_t>((units + stretch - 1) / stretch, 1), stretch};
  }
  /// Bytes of the slabs. A single one is the result itself.
  std::size_t workspace(const Conv2dProblem& p) const {
    return slabs == 1 ? 0 : Workspace::bytes<float>(std::size_t(slabs * p.weight_shape().numel()));
  }
};

/// `compute(params)` writes slab i of `params.dw` from stretch i, blockIdx.z = i; then the slabs are added up.
template <class Compute>
void sum_slabs(const Conv2dProblem& p, const Conv2dBackwardWeight::Args& args, const Split& split,
               Workspace& workspace, const Compute& compute) {
  WeightGradient params = weight_gradient(p, args);
  if (split.slabs == 1) return compute(params);
  const Shape weight = p.weight_shape();
  const View slabs = workspace.take({split.slabs, weight[0], weight[1], weight[2], weight[3]}, DType::f32,
                                    args.dw.view.device);
  params.dw = slabs.data<float>();
  params.add = false;
  compute(params);
  channel_sum(slabs, args.dw);
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
