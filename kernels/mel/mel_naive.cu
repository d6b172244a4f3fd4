// Mel bands, one thread per band of a row.
//
// Neighbouring threads own neighbouring bands and read neighbouring weights. Limit: all bins are read for every band,
// although most weights are zero.
#include "kernels/core/reference.h"
#include "kernels/mel/mel.h"
#include "kernels/simt/simt.h"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 128;

struct Params {
  const float* power;  // [rows, bins]
  const float* bank;   // [bins, bands]
  float* y;            // [rows, bands]
  std::int64_t rows, bins, bands;
  bool add;
};

SONOGRAD_KERNEL(kThreads, mel_naive_kernel, Params p) {
  const std::int64_t i = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (i >= p.rows * p.bands) return;
  const float* power = p.power + i / p.bands * p.bins;
  const float* weights = p.bank + i % p.bands;
  float sum = 0;
  for (std::int64_t k = 0; k < p.bins; ++k) sum += power[k] * weights[k * p.bands];
  write(p.y[i], sum, p.add);
}

void run_naive(const MelProblem& p, const MelProject::Args& a, const Context&, Workspace) {
  launch(
      "mel_naive", mel_naive_kernel, {{blocks_for(p.rows * p.bands, kThreads)}, {kThreads}},
      {a.power.data<float>(), a.bank.data<float>(), a.y.data<float>(), p.rows, p.bins, p.bands, a.y.adds()});
}

}  // namespace

extern const KernelVariant<MelProject> mel_project_naive = {
    .name = "naive", .target = kTarget, .why_not = float_only, .run = run_naive};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
