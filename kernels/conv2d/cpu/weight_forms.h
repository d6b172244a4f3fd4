// Numbers of the layouts in which the rows of this folder keep weights in a WeightCache. oneDNN's count up from 0.
#pragma once

#include "kernels/core/pair.h"
#include "kernels/core/weight_cache.h"

namespace sonograd::kernels::cpu {

inline constexpr std::uint64_t kGatheredForm = WeightCache::kFloat32 - 1;
inline constexpr std::uint64_t kManyTapsForm = WeightCache::kFloat32 - 2;
inline constexpr std::uint64_t kWinogradLinesForm = WeightCache::kFloat32 - 3;
/// Filters that Winograd's method has transformed for these strides, 1 or 2.
constexpr std::uint64_t winograd_form(Pair stride) {
  return WeightCache::kFloat32 - static_cast<std::uint64_t>(4 + 2 * (stride.t - 1) + (stride.f - 1));
}

}  // namespace sonograd::kernels::cpu
