// One block per channel.
//
// Threads walk down the column of their channel: first for the mean, again for the squared differences from it; for the
// gradient once for the sums and once for dx. What limits it: neighbouring threads are a row apart, so that every 4 bytes
// cost a sector of 32, and as many blocks as there are channels.
#include "kernels/batch_norm/batch_norm.cuh"
#include "kernels/core/reference.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 256;

struct StatisticsParams {
  const float* x;  // [rows, channels]
  std::int64_t rows, channels;
  StatisticsTarget target;
};

__global__ void __launch_bounds__(kThreads) statistics_kernel(StatisticsParams p) {
  const float* x = p.x + blockIdx.x;
  const auto count = static_cast<float>(p.rows);
  float sum = 0, squares = 0;
  for (std::int64_t row = threadIdx.x; row < p.rows; row += kThreads) sum += x[row * p.channels];
  const float mean = block_sum(sum) / count;
  for (std::int64_t row = threadIdx.x; row < p.rows; row += kThreads) {
    const float difference = x[row * p.channels] - mean;
    squares += difference * difference;
  }
  squares = block_sum(squares);
  if (threadIdx.x == 0) p.target.finish(blockIdx.x, {count, mean, squares});
}

struct BackwardParams {
  const float *x, *dy;  // [rows, channels]
  float* dx;            // likewise, or null
  bool add;
  std::int64_t rows, channels;
  NormGradient target;
};

__global__ void __launch_bounds__(kThreads) backward_kernel(BackwardParams p) {
  struct Smem {
    ChannelGradient gradient;
  };
  Smem& smem = shared<Smem>();
  const std::int64_t c = blockIdx.x;
  const float mean = p.target.mean[c];
  GradientSums sums = {0, 0};
  for (std::int64_t row = threadIdx.x; row < p.rows; row += kThreads) {
    const float dy = p.dy[row * p.channels + c];
    sums.dy += dy;
    sums.dy_x += dy * (p.x[row * p.channels + c] - mean);
  }
  sums = block_reduce(sums, GradientSums{0, 0}, GradientSums::merge);
  if (threadIdx.x == 0) smem.gradient = p.target.finish(c, sums.dy, sums.dy_x);
  sync_block();
  if (p.dx == nullptr) return;
  for (std::int64_t row = threadIdx.x; row < p.rows; row += kThreads) {
    const std::int64_t i = row * p.channels + c;
    write(p.dx[i], smem.gradient.of(p.dy[i], p.x[i]), p.add);
  }
}

Grid grid_of(const BatchNormProblem& p) {
  return {{static_cast<unsigned>(p.channels)}, {kThreads}};
}

void statistics(const BatchNormProblem& p, const BatchNormStatistics::Args& a, const Context&, Workspace) {
  launch("batch_norm_statistics_naive", statistics_kernel, grid_of(p),
         {a.x.data<float>(), p.rows, p.channels, StatisticsTarget(a)});
}

void backward(const BatchNormProblem& p, const BatchNormBackward::Args& a, const Context&, Workspace) {
  launch("batch_norm_backward_naive", backward_kernel, grid_of(p),
         {a.x.data<float>(), a.dy.data<float>(), a.dx.view.defined() ? a.dx.data<float>() : nullptr,
          a.dx.adds(), p.rows, p.channels, NormGradient(a, a.batch_statistics, p.rows)});
}

}  // namespace

extern const KernelVariant<BatchNormStatistics> batch_norm_statistics_naive = {
    .name = "naive", .target = kTarget, .why_not = float_only, .run = statistics};
extern const KernelVariant<BatchNormBackward> batch_norm_backward_naive = {
    .name = "naive", .target = kTarget, .why_not = float_only, .run = backward};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
