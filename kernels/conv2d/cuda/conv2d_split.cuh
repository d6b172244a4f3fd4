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
  static constexpr std::int64_t kPlaces =
      132;  // multiprocessors of a large GPU; a wave has one block on each
  std::int64_t slabs;
  std::int64_t stretch;  // units of a slab; the last one may have fewer

  /// Divides `units` (positions, rows or boxes) into stretches of at least `shortest`, for a gradient of `tiles` blocks: into at most
  /// two waves of blocks, and as many slabs as make waves times units of a slab smallest.
  static Split of(std::int64_t units, std::int64_t shortest, std::int64_t tiles) {
    const std::int64_t most =
        std::clamp<std::int64_t>(units / shortest, 1, (2 * kPlaces + tiles - 1) / tiles);
    const auto waves = [&](std::int64_t slabs) { return (slabs * tiles + kPlaces - 1) / kPlaces; };
    std::int64_t best = 1;
    for (std::int64_t slabs = 2; slabs <= most; ++slabs) {
      if (waves(slabs) * best < waves(best) * slabs) best = slabs;
    }
    const std::int64_t stretch = std::max<std::int64_t>((units + best - 1) / best, 1);
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
