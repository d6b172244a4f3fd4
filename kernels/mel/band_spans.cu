// Spans of a filter bank, one warp per band: a lane reads every 32nd bin; the first and the last one are found by shuffles.
#include "kernels/mel/band_spans.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr unsigned kWarps = 4;

struct Params {
  const float* bank;  // [bins, bands]
  BandSpan* spans;    // [bands]
  std::int64_t bins, bands;
};

SONOGRAD_KERNEL(kWarps* kWarpSize, band_spans_kernel, Params p) {
  const std::int64_t band = std::int64_t{blockIdx.x} * kWarps + warp_index();
  if (band >= p.bands) return;
  const int bins = static_cast<int>(p.bins);
  BandSpan span = {bins, 0};
  for (int k = static_cast<int>(lane_index()); k < bins; k += kWarpSize) {
    if (p.bank[k * p.bands + band] == 0) continue;
    if (k < span.begin) span.begin = k;
    span.end = k + 1;
  }
  span = warp_reduce(span, [](const BandSpan& a, const BandSpan& b) {
    return BandSpan{a.begin < b.begin ? a.begin : b.begin, a.end > b.end ? a.end : b.end};
  });
  if (lane_index() == 0) p.spans[band] = span;
}

}  // namespace

const BandSpan* find_spans(const float* bank, std::int64_t bins, std::int64_t bands, Workspace& workspace) {
  auto* spans = workspace.take<BandSpan>(static_cast<std::size_t>(bands));
  launch("band_spans", band_spans_kernel, {{blocks_for(bands, kWarps)}, {kWarps * kWarpSize}},
         {bank, spans, bins, bands});
  return spans;
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
