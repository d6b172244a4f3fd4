// Gradient of the spectrum, one thread per bin and eight rows, over the filters that cover the bin.
//
// A first launch lists those filters and their weights for every bin, in the order of the filters; the list of a bin is a column,
// so that the threads of neighbouring bins read neighbouring entries. Traffic: dy and dx once, and the lists from the caches.
// It is faster than `naive` because it skips the zeros. Limit: middle bins are in more lists than high ones.
#include "kernels/core/reference.h"
#include "kernels/harmonic_filters/harmonic_filters.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 128, kListThreads = 32;
constexpr int kRows = 8;  // of a thread

struct alignas(8) Entry {
  int band;
  float weight;
};

struct Params {
  FilterParams filters;
  Entry* entries;  // [bands, bins]
  int* counts;     // [bins]
};

SONOGRAD_KERNEL(kListThreads, list_kernel, Params params) {
  const FilterParams& p = params.filters;
  const int bin = static_cast<int>(blockIdx.x * kListThreads + threadIdx.x);
  if (bin >= p.bins) return;
  int count = 0;
  for (int band = 0; band < p.bands; ++band) {
    const Triangle<float> filter = p.filter(band);
    if (!filter.covers(bin)) continue;
    params.entries[std::int64_t{count} * p.bins + bin] = {band, filter.weight(bin)};
    ++count;
  }
  params.counts[bin] = count;
}

SONOGRAD_KERNEL(kThreads, backward_data_kernel, Params params) {
  const FilterParams& p = params.filters;
  const std::int64_t thread = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  const std::int64_t first = thread / p.bins * kRows;
  if (first >= p.rows) return;
  const int bin = static_cast<int>(thread % p.bins), count = params.counts[bin];
  const int rows = p.rows - first >= kRows ? kRows : static_cast<int>(p.rows - first);
  Vec<float, kRows> sums = {};
  for (int i = 0; i < count; ++i) {
    const Entry entry = params.entries[std::int64_t{i} * p.bins + bin];
    SONOGRAD_UNROLL
    for (int row = 0; row < kRows; ++row) {
      const int inside = row < rows ? row : rows - 1;
      sums[row] += p.dy[(first + inside) * p.bands + entry.band] * entry.weight;
    }
  }
  SONOGRAD_UNROLL
  for (int row = 0; row < kRows; ++row) {
    if (row < rows) write(p.out[(first + row) * p.bins + bin], sums[row], p.add);
  }
}

std::size_t workspace(const HarmonicFiltersProblem& p) {
  return Workspace::bytes<Entry>(static_cast<std::size_t>(p.bands() * p.bins)) +
         Workspace::bytes<int>(static_cast<std::size_t>(p.bins));
}

void backward_data(const HarmonicFiltersProblem& p, const HarmonicFiltersBackwardData::Args& a,
                   const Context&, Workspace scratch) {
  const Params params = {filter_params(p, a.centres, a.q, {}, a.dy, a.dx),
                         scratch.take<Entry>(static_cast<std::size_t>(p.bands() * p.bins)),
                         scratch.take<int>(static_cast<std::size_t>(p.bins))};
  launch("harmonic_filters_lists", list_kernel, {{blocks_for(p.bins, kListThreads)}, {kListThreads}}, params);
  launch("harmonic_filters_backward_data", backward_data_kernel,
         {{blocks_for((p.rows + kRows - 1) / kRows * p.bins, kThreads)}, {kThreads}}, params);
}

}  // namespace

extern const KernelVariant<HarmonicFiltersBackwardData> harmonic_filters_backward_data_lists = {
    .name = "lists", .target = kTarget, .why_not = float_only, .workspace = workspace, .run = backward_data};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
