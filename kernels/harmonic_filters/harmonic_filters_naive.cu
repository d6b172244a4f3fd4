// One thread per result, over all bins or all filters; the gradient of Q is one block.
//
// A weight is computed where it is needed, from the centre of its filter. Limit: nearly all of them are 0, and the gradient of
// Q has 256 threads.
#include "kernels/core/reference.h"
#include "kernels/harmonic_filters/harmonic_filters.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 128, kQThreads = 256;

SONOGRAD_KERNEL(kThreads, forward_kernel, FilterParams p) {
  const std::int64_t i = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (i >= p.rows * p.bands) return;
  const Triangle<float> filter = p.filter(i % p.bands);
  const float* x = p.x + i / p.bands * p.bins;
  float sum = 0;
  for (int bin = 0; bin < p.bins; ++bin) {
    if (filter.covers(bin)) sum += x[bin] * filter.weight(bin);
  }
  write(p.out[i], sum, p.add);
}

SONOGRAD_KERNEL(kThreads, backward_data_kernel, FilterParams p) {
  const std::int64_t i = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (i >= p.rows * p.bins) return;
  const int bin = static_cast<int>(i % p.bins);
  const float* dy = p.dy + i / p.bins * p.bands;
  float sum = 0;
  for (std::int64_t band = 0; band < p.bands; ++band) {
    const Triangle<float> filter = p.filter(band);
    if (filter.covers(bin)) sum += dy[band] * filter.weight(bin);
  }
  write(p.out[i], sum, p.add);
}

SONOGRAD_KERNEL(kQThreads, backward_q_kernel, FilterParams p) {
  float total = 0;
  for (std::int64_t i = threadIdx.x; i < p.rows * p.bands; i += kQThreads) {
    const Triangle<float> filter = p.filter(i % p.bands);
    const float* x = p.x + i / p.bands * p.bins;
    float sum = 0;
    for (int bin = 0; bin < p.bins; ++bin) {
      if (filter.covers(bin)) sum += x[bin] * filter.weight_by_q(bin);
    }
    total += sum * p.dy[i];
  }
  total = block_sum(total);
  if (threadIdx.x == 0) write(p.out[0], total, p.add);
}

}  // namespace

extern const KernelVariant<HarmonicFiltersForward> harmonic_filters_forward_naive = {
    .name = "naive",
    .target = kTarget,
    .why_not = float_only,
    .run = [](const HarmonicFiltersProblem& p, const HarmonicFiltersForward::Args& a, const Context&,
              Workspace) {
      launch("harmonic_filters_forward_naive", forward_kernel,
             {{blocks_for(p.rows * p.bands(), kThreads)}, {kThreads}},
             filter_params(p, a.centres, a.q, a.x, {}, a.y));
    }};
extern const KernelVariant<HarmonicFiltersBackwardData> harmonic_filters_backward_data_naive = {
    .name = "naive",
    .target = kTarget,
    .why_not = float_only,
    .run = [](const HarmonicFiltersProblem& p, const HarmonicFiltersBackwardData::Args& a, const Context&,
              Workspace) {
      launch("harmonic_filters_backward_data_naive", backward_data_kernel,
             {{blocks_for(p.rows * p.bins, kThreads)}, {kThreads}},
             filter_params(p, a.centres, a.q, {}, a.dy, a.dx));
    }};
extern const KernelVariant<HarmonicFiltersBackwardQ> harmonic_filters_backward_q_naive = {
    .name = "naive",
    .target = kTarget,
    .why_not = float_only,
    .run = [](const HarmonicFiltersProblem& p, const HarmonicFiltersBackwardQ::Args& a, const Context&,
              Workspace) {
      launch("harmonic_filters_backward_q_naive", backward_q_kernel, {{1}, {kQThreads}},
             filter_params(p, a.centres, a.q, a.x, a.dy, a.dq));
    }};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
