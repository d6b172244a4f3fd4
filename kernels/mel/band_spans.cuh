// Spans of the bands of a filter bank: the few bins that have weights.
#pragma once

#include "kernels/core/workspace.h"
#include "kernels/simt/simt.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// Bins [begin, end) of a band; all others have weight 0.
struct alignas(8) BandSpan {
  int begin, end;

  /// Sum of the band. power [bins]; weights: the column of the band in a bank [bins, bands].
  __device__ float sum(const float* power, const float* weights, std::int64_t bands) const {
    float total = 0;
    for (int k = begin; k < end; ++k) total += power[k] * weights[k * bands];
    return total;
  }
};

/// Bytes of scratch memory that `find_spans` takes.
inline std::size_t spans_bytes(std::int64_t bands) {
  return Workspace::bytes<BandSpan>(static_cast<std::size_t>(bands));
}

/// Returns the spans [bands] of bank [bins, bands], in the workspace.
const BandSpan* find_spans(const float* bank, std::int64_t bins, std::int64_t bands, Workspace& workspace);

}  // namespace sonograd::kernels::SONOGRAD_TARGET
