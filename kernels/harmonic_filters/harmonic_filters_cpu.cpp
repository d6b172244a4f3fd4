#include <algorithm>
#include <vector>

#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/harmonic_filters/harmonic_filters.h"
#include "kernels/harmonic_filters/harmonic_filters_simd.h"
#include "kernels/harmonic_filters/triangle.h"

namespace sonograd::kernels::cpu {
namespace {

// An element of an operand, in double.
template <class T>
double element(const View& view, std::int64_t i) {
  return static_cast<double>(view.data<T>()[i]);
}

// Calls `f(band, bin, triangle)` for all filters and the bins that they cover, in double.
template <class T, class F>
void for_each_weight(const HarmonicFiltersProblem& p, const View& centres, const View& q, const F& f) {
  for (std::int64_t m = 0; m < p.bands(); ++m) {
    const Triangle<double> filter(element<T>(centres, m), element<T>(q, 0), p.bin_width);
    const auto [begin, end] = filter.span(static_cast<int>(p.bins));
    for (int i = begin; i < end; ++i) f(m, i, filter);
  }
}

std::size_t size(std::int64_t count) {
  return static_cast<std::size_t>(count);
}

// ---- spans: the weights of the covered bins are computed once a call; a block is sixteen rows side by side, and every thread
// has scratch memory for one.
std::int64_t scratch_of_block(const HarmonicFiltersProblem& p) {
  return (p.bins + p.bands()) * kLanes;
}

std::size_t spans_workspace(const HarmonicFiltersProblem& p) {
  return Workspace::bytes<WeightSpan>(size(p.bands())) + Workspace::bytes<float>(size(p.bins * p.bands())) +
         size(threads()) * Workspace::bytes<float>(size(scratch_of_block(p))) +
         Workspace::bytes<float>(size(blocks_of(p.rows, kLanes)));
}

enum class Weights { of_forward, by_q };

HarmonicBank make_bank(const HarmonicFiltersProblem& p, const View& centres, const View& q, Weights kind,
                       Workspace& workspace) {
  auto* spans = workspace.take<WeightSpan>(size(p.bands()));
  auto* weights = workspace.take<float>(size(p.bins * p.bands()));
  std::int64_t count = 0;
  for (std::int64_t m = 0; m < p.bands(); ++m) {
    const Triangle<float> filter(centres.data<float>()[m], *q.data<float>(), static_cast<float>(p.bin_width));
    const auto [begin, end] = filter.span(static_cast<int>(p.bins));
    spans[m] = {count, begin, end};
    for (int i = begin; i < end; ++i)
      weights[count++] = kind == Weights::by_q ? filter.weight_by_q(i) : filter.weight(i);
  }
  return {spans, weights, p.bins, p.bands()};
}

// Calls `body(block, first row, rows, scratch memory)` for blocks of sixteen rows.
template <class Body>
void launch_blocks(std::string_view name, const HarmonicFiltersProblem& p, Workspace& workspace,
                   const Body& body) {
  const std::size_t bytes = Workspace::bytes<float>(size(scratch_of_block(p)));
  std::byte* scratch = workspace.take<std::byte>(size(threads()) * bytes);
  launch(name, blocks_of(p.rows, kLanes), [&](std::int64_t block) {
    auto* mine = reinterpret_cast<float*>(scratch + size(omp_get_thread_num()) * bytes);
    const std::int64_t first = block * kLanes;
    body(block, first, std::min(kLanes, p.rows - first), mine);
  });
}

void forward_spans(const HarmonicFiltersProblem& p, const HarmonicFiltersForward::Args& a, const Context&,
                   Workspace workspace) {
  const HarmonicBank bank = make_bank(p, a.centres, a.q, Weights::of_forward, workspace);
  const float* x = a.x.data<float>();
  float* y = a.y.data<float>();
  launch_blocks("harmonic_filters_forward", p, workspace,
                [&](std::int64_t, std::int64_t first, std::int64_t count, float* scratch) {
                  SONOGRAD_SIMD_CALL(harmonic_block)
                  (bank, x + first * p.bins, count, a.y.adds(), y + first * p.bands(), scratch);
                });
}

void backward_data_spans(const HarmonicFiltersProblem& p, const HarmonicFiltersBackwardData::Args& a,
                         const Context&, Workspace workspace) {
  const HarmonicBank bank = make_bank(p, a.centres, a.q, Weights::of_forward, workspace);
  const float* dy = a.dy.data<float>();
  float* dx = a.dx.data<float>();
  launch_blocks("harmonic_filters_backward_data", p, workspace,
                [&](std::int64_t, std::int64_t first, std::int64_t count, float* scratch) {
                  SONOGRAD_SIMD_CALL(harmonic_block_gradient)
                  (bank, dy + first * p.bands(), count, a.dx.adds(), dx + first * p.bins, scratch);
                });
}

// Sums of blocks are merged in order, in double.
void backward_q_spans(const HarmonicFiltersProblem& p, const HarmonicFiltersBackwardQ::Args& a,
                      const Context&, Workspace workspace) {
  const HarmonicBank bank = make_bank(p, a.centres, a.q, Weights::by_q, workspace);
  const std::int64_t blocks = blocks_of(p.rows, kLanes);
  auto* sums = workspace.take<float>(size(blocks));
  const float* x = a.x.data<float>();
  const float* dy = a.dy.data<float>();
  launch_blocks("harmonic_filters_backward_q", p, workspace,
                [&](std::int64_t block, std::int64_t first, std::int64_t count, float* scratch) {
                  sums[block] = SONOGRAD_SIMD_CALL(harmonic_block_q)(bank, x + first * p.bins,
                                                                     dy + first * p.bands(), count, scratch);
                });
  double sum = 0;
  for (std::int64_t block = 0; block < blocks; ++block) sum += static_cast<double>(sums[block]);
  store<float>(a.dq, 0, sum);
}

}  // namespace

extern const KernelVariant<HarmonicFiltersForward> harmonic_filters_forward_reference =
    reference_row<HarmonicFiltersForward>(
        []<class T>(T, const HarmonicFiltersProblem& p, const HarmonicFiltersForward::Args& a) {
          std::vector<double> sums(size(p.rows * p.bands()));
          for_each_weight<T>(p, a.centres, a.q, [&](std::int64_t m, int i, const Triangle<double>& filter) {
            for (std::int64_t row = 0; row < p.rows; ++row)
              sums[size(row * p.bands() + m)] += element<T>(a.x, row * p.bins + i) * filter.weight(i);
          });
          store_all<T>(a.y, sums);
        });
extern const KernelVariant<HarmonicFiltersBackwardData> harmonic_filters_backward_data_reference =
    reference_row<HarmonicFiltersBackwardData>(
        []<class T>(T, const HarmonicFiltersProblem& p, const HarmonicFiltersBackwardData::Args& a) {
          std::vector<double> sums(size(p.rows * p.bins));
          for_each_weight<T>(p, a.centres, a.q, [&](std::int64_t m, int i, const Triangle<double>& filter) {
            for (std::int64_t row = 0; row < p.rows; ++row)
              sums[size(row * p.bins + i)] += element<T>(a.dy, row * p.bands() + m) * filter.weight(i);
          });
          store_all<T>(a.dx, sums);
        });
extern const KernelVariant<HarmonicFiltersBackwardQ> harmonic_filters_backward_q_reference =
    reference_row<HarmonicFiltersBackwardQ>(
        []<class T>(T, const HarmonicFiltersProblem& p, const HarmonicFiltersBackwardQ::Args& a) {
          double sum = 0;
          for_each_weight<T>(p, a.centres, a.q, [&](std::int64_t m, int i, const Triangle<double>& filter) {
            for (std::int64_t row = 0; row < p.rows; ++row)
              sum += element<T>(a.dy, row * p.bands() + m) * element<T>(a.x, row * p.bins + i) *
                     filter.weight_by_q(i);
          });
          store<T>(a.dq, 0, sum);
        });

extern const KernelVariant<HarmonicFiltersForward> harmonic_filters_forward_spans = {
    .name = "spans", .why_not = float_only, .workspace = spans_workspace, .run = forward_spans};
extern const KernelVariant<HarmonicFiltersBackwardData> harmonic_filters_backward_data_spans = {
    .name = "spans", .why_not = float_only, .workspace = spans_workspace, .run = backward_data_spans};
extern const KernelVariant<HarmonicFiltersBackwardQ> harmonic_filters_backward_q_spans = {
    .name = "spans", .why_not = float_only, .workspace = spans_workspace, .run = backward_q_spans};

}  // namespace sonograd::kernels::cpu
