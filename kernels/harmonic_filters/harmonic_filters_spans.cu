// One thread per filter and eight rows, over the bins that the filter covers.
//
// A thread walks from the bin nearest to its centre to the ends of the triangle. It computes a weight once for eight rows, and
// reads no bank: traffic is x and y once, and the bins that neighbouring filters share come from the caches. It is faster than
// `naive` because it skips the zeros. Limit: harmonics of a note have widths of their own, so that the threads of a warp wait for
// the widest one.
//
// The gradient of Q is a sum over all results: the same walk, sums of blocks in the workspace, and a block that adds them in
// order.
#include "kernels/core/reference.h"
#include "kernels/harmonic_filters/harmonic_filters.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 128, kMergeThreads = 256;
constexpr int kRows = 8;  // of a thread

// The filter and the rows of a thread.
struct Share {
  std::int64_t band, first;  // first row
  int rows;                  // at most kRows; 0: none

  __device__ Share(const FilterParams& p, std::int64_t thread)
      : band(thread % p.bands), first(thread / p.bands * kRows) {
    const std::int64_t left = p.rows - first;
    rows = left >= kRows ? kRows : left > 0 ? static_cast<int>(left) : 0;
  }
};

// Sums of x times `weight(bin)` over the bins of the filter, for each row of the share. Rows beyond it repeat its last one.
template <class Weight>
__device__ Vec<float, kRows> filtered(const FilterParams& p, const Share& share, const BinSpan& span,
                                      const Weight& weight) {
  Vec<float, kRows> sums = {};
  for (int bin = span.begin; bin < span.end; ++bin) {
    const float w = weight(bin);
    SONOGRAD_UNROLL
    for (int row = 0; row < kRows; ++row) {
      const int inside = row < share.rows ? row : share.rows - 1;
      sums[row] += p.x[(share.first + inside) * p.bins + bin] * w;
    }
  }
  return sums;
}

SONOGRAD_KERNEL(kThreads, forward_kernel, FilterParams p) {
  const Share share(p, std::int64_t{blockIdx.x} * kThreads + threadIdx.x);
  if (share.rows == 0) return;
  const Triangle<float> filter = p.filter(share.band);
  const auto sums = filtered(p, share, filter.span(p.bins), [&](int bin) { return filter.weight(bin); });
  SONOGRAD_UNROLL
  for (int row = 0; row < kRows; ++row) {
    if (row < share.rows) write(p.out[(share.first + row) * p.bands + share.band], sums[row], p.add);
  }
}

struct QParams {
  FilterParams filters;
  float* sums;  // [blocks]
};

SONOGRAD_KERNEL(kThreads, backward_q_kernel, QParams params) {
  const FilterParams& p = params.filters;
  const Share share(p, std::int64_t{blockIdx.x} * kThreads + threadIdx.x);
  float total = 0;
  if (share.rows > 0) {
    const Triangle<float> filter = p.filter(share.band);
    const auto sums =
        filtered(p, share, filter.span(p.bins), [&](int bin) { return filter.weight_by_q(bin); });
    SONOGRAD_UNROLL
    for (int row = 0; row < kRows; ++row) {
      if (row < share.rows) total += sums[row] * p.dy[(share.first + row) * p.bands + share.band];
    }
  }
  total = block_sum(total);
  if (threadIdx.x == 0) params.sums[blockIdx.x] = total;
}

struct MergeParams {
  const float* sums;  // [count]
  float* dq;
  std::int64_t count;
  bool add;
};

SONOGRAD_KERNEL(kMergeThreads, merge_kernel, MergeParams p) {
  float total = 0;
  for (std::int64_t i = threadIdx.x; i < p.count; i += kMergeThreads) total += p.sums[i];
  total = block_sum(total);
  if (threadIdx.x == 0) write(*p.dq, total, p.add);
}

unsigned blocks_of_shares(const HarmonicFiltersProblem& p) {
  return blocks_for((p.rows + kRows - 1) / kRows * p.bands(), kThreads);
}

std::size_t q_workspace(const HarmonicFiltersProblem& p) {
  return Workspace::bytes<float>(blocks_of_shares(p));
}

void forward(const HarmonicFiltersProblem& p, const HarmonicFiltersForward::Args& a, const Context&,
             Workspace) {
  launch("harmonic_filters_forward", forward_kernel, {{blocks_of_shares(p)}, {kThreads}},
         filter_params(p, a.centres, a.q, a.x, {}, a.y));
}

void backward_q(const HarmonicFiltersProblem& p, const HarmonicFiltersBackwardQ::Args& a, const Context&,
                Workspace scratch) {
  const unsigned blocks = blocks_of_shares(p);
  auto* sums = scratch.take<float>(blocks);
  launch("harmonic_filters_backward_q", backward_q_kernel, {{blocks}, {kThreads}},
         {filter_params(p, a.centres, a.q, a.x, a.dy, a.dq), sums});
  launch("harmonic_filters_backward_q_merge", merge_kernel, {{1}, {kMergeThreads}},
         {sums, a.dq.data<float>(), blocks, a.dq.adds()});
}

}  // namespace

extern const KernelVariant<HarmonicFiltersForward> harmonic_filters_forward_spans = {
    .name = "spans", .target = kTarget, .why_not = float_only, .run = forward};
extern const KernelVariant<HarmonicFiltersBackwardQ> harmonic_filters_backward_q_two_pass = {
    .name = "two_pass",
    .target = kTarget,
    .why_not = float_only,
    .workspace = q_workspace,
    .run = backward_q};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
