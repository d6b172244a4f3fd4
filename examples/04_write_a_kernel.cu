// The kernel: one thread for each mean; the threads of a block share their samples.
//
// Neighbouring means need almost the same samples. A block copies those of all its threads to shared memory, each once, waits
// until all are there, and sums from there. docs/cuda-without-a-gpu.md steps through it in a debugger.
#include "examples/04_write_a_kernel.h"
#include "kernels/simt/simt.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr unsigned kThreads = 128;
constexpr unsigned kTile = kThreads + 2 * kReach;

struct Params {
  const float* x;
  float* y;
  std::int64_t n;
};

SONOGRAD_KERNEL(kThreads, running_mean_kernel, Params p) {
  struct Smem {
    float x[kTile];  // samples from kReach before the block's first mean to kReach behind its last
  };
  Smem& smem = shared<Smem>();
  const std::int64_t first = std::int64_t{blockIdx.x} * kThreads;
  for (unsigned i = threadIdx.x; i < kTile; i += kThreads) {
    const std::int64_t from = first + i - kReach;
    smem.x[i] = from >= 0 && from < p.n ? p.x[from] : 0.0f;
  }
  sync_block();
  const std::int64_t mine = first + threadIdx.x;
  if (mine >= p.n) return;
  float sum = 0;
  for (unsigned i = 0; i < kWindow; ++i) sum += smem.x[threadIdx.x + i];
  p.y[mine] = sum / kWindow;
}

void run(const RunningMean::Problem& p, const RunningMean::Args& a, const Context&, Workspace) {
  launch("running_mean", running_mean_kernel, {{blocks_for(p.n, kThreads)}, {kThreads}},
         {a.x.data<float>(), a.y.data<float>(), p.n});
}

}  // namespace

const KernelVariant<RunningMean> running_mean_tiled = {.name = "tiled", .target = kTarget, .run = run};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
