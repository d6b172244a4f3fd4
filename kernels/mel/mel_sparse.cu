// Mel bands, one thread per band of a row, over the bins with weights.
//
// A first launch finds those bins. Triangles overlap by half, so that a bin is read for two bands: the second read finds it
// in the caches, and traffic is power and y once. It is faster than `naive` because it skips the zeros of the bank. Limit:
// threads with narrow bands wait for those with wide ones.
#include "kernels/core/reference.h"
#include "kernels/mel/band_spans.cuh"
#include "kernels/mel/mel.h"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 128;

struct Params {
  const float* power;     // [rows, bins]
  const float* bank;      // [bins, bands]
  const BandSpan* spans;  // [bands]
  float* y;               // [rows, bands]
  std::int64_t rows, bins, bands;
  bool add;
};

SONOGRAD_KERNEL(kThreads, mel_sparse_kernel, Params p) {
  const std::int64_t i = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (i >= p.rows * p.bands) return;
  const std::int64_t row = i / p.bands, band = i % p.bands;
  const float sum = p.spans[band].sum(p.power + row * p.bins, p.bank + band, p.bands);
  write(p.y[i], sum, p.add);
}

std::size_t workspace(const MelProblem& p) {
  return spans_bytes(p.bands);
}

void run_sparse(const MelProblem& p, const MelProject::Args& a, const Context&, Workspace scratch) {
  const float* bank = a.bank.data<float>();
  const BandSpan* spans = find_spans(bank, p.bins, p.bands, scratch);
  launch("mel_sparse", mel_sparse_kernel, {{blocks_for(p.rows * p.bands, kThreads)}, {kThreads}},
         {a.power.data<float>(), bank, spans, a.y.data<float>(), p.rows, p.bins, p.bands, a.y.adds()});
}

}  // namespace

extern const KernelVariant<MelProject> mel_project_sparse = {
    .name = "sparse", .target = kTarget, .why_not = float_only, .workspace = workspace, .run = run_sparse};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
