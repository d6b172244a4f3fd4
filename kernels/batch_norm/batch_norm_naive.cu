// One block per channel.
//
// Threads read the column of their channel: first for the mean, again for the squared differences from it; for the
// gradient once for the sums and once for dx. Limits: neighbouring threads are a row apart, so that every element costs a
// sector of 32 bytes, and there are only as many blocks as channels.
#include "kernels/batch_norm/batch_norm.cuh"
#include "kernels/core/reference.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 256;

template <class T>
struct StatisticsParams {
  const T* x;  // [rows, channels]
  std::int64_t rows, channels;
  StatisticsTarget target;
};

template <class T>
SONOGRAD_KERNEL(kThreads, statistics_kernel, StatisticsParams<T> p) {
  const T* x = p.x + blockIdx.x;
  const auto count = static_cast<float>(p.rows);
  float sum = 0, squares = 0;
  for (std::int64_t row = threadIdx.x; row < p.rows; row += kThreads) sum += widen(x[row * p.channels]);
  const float mean = block_sum(sum) / count;
  for (std::int64_t row = threadIdx.x; row < p.rows; row += kThreads) {
    const float difference = widen(x[row * p.channels]) - mean;
    squares += difference * difference;
  }
  squares = block_sum(squares);
  if (threadIdx.x == 0) p.target.finish(blockIdx.x, {count, mean, squares});
}

template <class T>
struct BackwardParams {
  const T *x, *dy;  // [rows, channels]
  T* dx;            // [rows, channels], or null
  bool add;
  std::int64_t rows, channels;
  NormGradient target;
};

template <class T>
SONOGRAD_KERNEL(kThreads, backward_kernel, BackwardParams<T> p) {
  struct Smem {
    ChannelGradient gradient;
  };
  Smem& smem = shared<Smem>();
  const std::int64_t c = blockIdx.x;
  const float mean = p.target.mean[c];
  GradientSums sums = {0, 0};
  for (std::int64_t row = threadIdx.x; row < p.rows; row += kThreads) {
    const float dy = widen(p.dy[row * p.channels + c]);
    sums.dy += dy;
    sums.dy_x += dy * (widen(p.x[row * p.channels + c]) - mean);
  }
  sums = block_reduce(sums, GradientSums{0, 0}, GradientSums::merge);
  if (threadIdx.x == 0) smem.gradient = p.target.finish(c, sums.dy, sums.dy_x);
  sync_block();
  if (p.dx == nullptr) return;
  for (std::int64_t row = threadIdx.x; row < p.rows; row += kThreads) {
    const std::int64_t i = row * p.channels + c;
    write(p.dx[i], smem.gradient.of(widen(p.dy[i]), widen(p.x[i])), p.add);
  }
}

Grid grid_of(const BatchNormProblem& p) {
  return {{static_cast<unsigned>(p.channels)}, {kThreads}};
}

void statistics(const BatchNormProblem& p, const BatchNormStatistics::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    launch("batch_norm_statistics_naive", statistics_kernel<T>, grid_of(p),
           {a.x.data<T>(), p.rows, p.channels, StatisticsTarget(a)});
  });
}

void backward(const BatchNormProblem& p, const BatchNormBackward::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    launch("batch_norm_backward_naive", backward_kernel<T>, grid_of(p),
           {a.x.data<T>(), a.dy.data<T>(), a.dx.view.defined() ? a.dx.data<T>() : nullptr, a.dx.adds(),
            p.rows, p.channels, NormGradient(a, a.batch_statistics, p.rows)});
  });
}

}  // namespace

extern const KernelVariant<BatchNormStatistics> batch_norm_statistics_naive = {
    .name = "naive", .target = kTarget, .why_not = float_or_bf16, .run = statistics};
extern const KernelVariant<BatchNormBackward> batch_norm_backward_naive = {
    .name = "naive", .target = kTarget, .why_not = float_or_bf16, .run = backward};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
