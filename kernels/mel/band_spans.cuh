// Which bins a band of a filter bank has weights for: a few of many.
#pragma once

#include "kernels/core/workspace.h"
#include "kernels/simt/simt.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// The bins [begin, end) of a band; all others have weight 0.
struct alignas(8) BandSpan {
  int begin, end;

  /// The band's sum; power [bins], weights the band's column of a bank [bins, bands].
  __device__ float sum(const float* power, const float* weights, std::int64_t bands) const {
    float total = 0;
    for (int k = begin; k < end; ++k) total += power[k] * weights[k * bands];
    return total;
  }
};

/// What `find_spans` wants of the workspace.
inline std::size_t spans_bytes(std::int64_t bands) {
  return Workspace::bytes<BandSpan>(static_cast<std::size_t>(bands));
}

/// The spans [bands] of bank [bins, bands].
const BandSpan* find_spans(const float* bank, std::int64_t bins, std::int64_t bands, Workspace& workspace);

}  // namespace sonograd::kernels::SONOGRAD_TARGET
