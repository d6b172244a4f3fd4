// Decibels, one thread per value.
//
// With a limited range, blocks first store their largest values in the workspace, and every block of a second launch finds
// the largest of those: a range in dB is a smallest power. Traffic, which is also the limit: x once, or twice with a range,
// and y once.
#include <limits>

#include "kernels/core/reference.h"
#include "kernels/mel/decibels.cuh"
#include "kernels/mel/mel.h"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 256;
constexpr std::int64_t kMostMaxima = 1024;
constexpr float kNothing = -std::numeric_limits<float>::infinity();

struct Params {
  const float* x;
  float* y;
  float* maxima;  // [maxima_count]; null: the range is not limited
  std::int64_t n, maxima_count;
  Decibels decibels;
  float range;  // the smallest power, as a share of the largest
  bool add;
};

__device__ float larger(float a, float b) {
  return a > b ? a : b;
}

// Largest of the elements of a block, in a grid of `threads` threads.
__device__ float block_maximum(const float* x, std::int64_t n, std::int64_t first, std::int64_t threads) {
  float best = kNothing;
  for (std::int64_t i = first; i < n; i += threads) best = larger(best, x[i]);
  return block_reduce(best, kNothing, larger);
}

SONOGRAD_KERNEL(kThreads, maxima_kernel, Params p) {
  const std::int64_t first = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  const float best = block_maximum(p.x, p.n, first, std::int64_t{gridDim.x} * kThreads);
  if (threadIdx.x == 0) p.maxima[blockIdx.x] = best;
}

SONOGRAD_KERNEL(kThreads, power_to_db_kernel, Params p) {
  if (p.maxima != nullptr) {
    const float best = block_maximum(p.maxima, p.maxima_count, threadIdx.x, kThreads);
    p.decibels.amin = larger(p.decibels.amin, best * p.range);
  }
  const std::int64_t i = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (i >= p.n) return;
  write(p.y[i], p.decibels(p.x[i]), p.add);
}

std::int64_t maxima_of(const DbProblem& p) {
  return std::min<std::int64_t>(blocks_for(p.shape.numel(), kThreads), kMostMaxima);
}

std::size_t workspace(const DbProblem& p) {
  return p.options.top_db ? Workspace::bytes<float>(static_cast<std::size_t>(maxima_of(p))) : 0;
}

void run_blocked(const DbProblem& p, const PowerToDb::Args& a, const Context&, Workspace scratch) {
  const std::int64_t n = p.shape.numel(), count = maxima_of(p);
  Params params = {a.x.data<float>(), a.y.data<float>(), nullptr, n, count, Decibels(p.options), 0,
                   a.y.adds()};
  if (p.options.top_db) {
    params.maxima = scratch.take<float>(static_cast<std::size_t>(count));
    params.range = static_cast<float>(std::pow(10, -*p.options.top_db / 10));
    launch("power_to_db_maxima", maxima_kernel, {{static_cast<unsigned>(count)}, {kThreads}}, params);
  }
  launch("power_to_db", power_to_db_kernel, {{blocks_for(n, kThreads)}, {kThreads}}, params);
}

}  // namespace

extern const KernelVariant<PowerToDb> power_to_db_blocked = {
    .name = "blocked", .target = kTarget, .why_not = float_only, .workspace = workspace, .run = run_blocked};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
