// Division of the sum over positions of a weight gradient into stretches, because a filter has too few elements to
// fill a device. Each stretch yields a partial gradient, a slab; the slabs are added in order. The division depends on
// the problem alone, so equal runs are equal bit for bit.
#pragma once

#include <algorithm>

#include "kernels/conv2d/cuda/conv2d_geometry.cuh"
#include "kernels/copy/copy.h"
#include "kernels/reduce/reduce.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

struct Split {
  static constexpr std::int64_t kBlocks =
      264;  // two per multiprocessor of a large GPU; more would be a second wave
  std::int64_t slabs;
  std::int64_t stretch;  // units of a slab; the last one may have fewer

  /// Divides `units` (positions, rows or boxes) into stretches of at least `shortest`, for a gradient of `tiles` blocks.
  static Split of(std::int64_t units, std::int64_t shortest, std::int64_t tiles) {
    const std::int64_t most =
        std::clamp<std::int64_t>(units / shortest, 1, std::max<std::int64_t>(kBlocks / tiles, 1));
    const std::int64_t stretch = std::max<std::int64_t>((units + most - 1) / most, 1);
    return {std::max<std::int64_t>((units + stretch - 1) / stretch, 1), stretch};
  }
  /// Bytes of the slabs, which are float32, and of their sum if dw is bf16. A single slab of a float32 dw is the result
  /// itself and takes none.
  std::size_t workspace(const Conv2dProblem& p) const {
    const Shape weight = p.weight_shape();
    const std::size_t all = Workspace::bytes<float>(std::size_t(slabs * weight.numel()));
    if (p.dtype == DType::bf16) return all + (slabs == 1 ? 0 : Workspace::bytes(weight, DType::f32));
    return slabs == 1 ? 0 : all;
  }
};

/// Calls `compute(params)`, params a WeightGradient with the element type of the maps, which must write slab i of
/// `params.dw` from stretch i, blockIdx.z = i. Then adds the slabs; a bf16 dw is rounded once.
template <class Compute>
void sum_slabs(const Conv2dProblem& p, const Conv2dBackwardWeight::Args& args, const Split& split,
               Workspace& workspace, const Compute& compute) {
  const bool rounds = p.dtype == DType::bf16;
  if (split.slabs == 1 && !rounds)
    return compute(weight_gradient<float>(p, args, args.dw.data<float>(), args.dw.adds()));
  const Shape weight = p.weight_shape();
  const Device device = args.dw.view.device;
  const View slabs =
      workspace.take({split.slabs, weight[0], weight[1], weight[2], weight[3]}, DType::f32, device);
  visit_stored(p.dtype, [&](auto tag) {
    compute(weight_gradient<decltype(tag)>(p, args, slabs.data<float>(), false));
  });
  if (!rounds) return channel_sum(slabs, args.dw);
  const View sum = split.slabs == 1 ? slabs.reshape(weight) : workspace.take(weight, DType::f32, device);
  if (split.slabs > 1) channel_sum(slabs, set(sum));
  copy(sum, args.dw);
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
