// One warp per row.
//
// Lanes read neighbouring elements, in whole cache lines, and share maximum and sum by shuffles; no barrier, no shared
// memory. Rows are read three times, which the first-level cache sees to up to some thousand elements. Traffic: x and y
// once, which is also what limits it; very short rows leave lanes idle, very long ones have but 32 threads.
#include "kernels/core/reference.h"
#include "kernels/simt/row_per_warp.h"
#include "kernels/simt/write.h"
#include "kernels/softmax/softmax.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

struct Params {
  const float *x, *dy;  // [rows, width]; x is y backward
  float* out;
  std::int64_t rows, width;
  bool log, add;
};

__global__ void __launch_bounds__(kRowThreads) forward_kernel(Params p) {
  const std::int64_t row = row_of_warp();
  if (row >= p.rows) return;
  const float* x = p.x + row * p.width;
  float* y = p.out + row * p.width;
  const auto [largest, sum] = exponentials_of_row(x, p.width);
  const float log_sum = std::log(sum), factor = 1 / sum;
  for (std::int64_t i = lane_index(); i < p.width; i += kWarpSize) {
    const float shifted = x[i] - largest;
    write(y[i], p.log ? shifted - log_sum : std::exp(shifted) * factor, p.add);
  }
}

__global__ void __launch_bounds__(kRowThreads) backward_kernel(Params p) {
  const std::int64_t row = row_of_warp();
  if (row >= p.rows) return;
  const float *y = p.x + row * p.width, *dy = p.dy + row * p.width;
  float* dx = p.out + row * p.width;
  const float sum = sum_of_row(p.width, [&](std::int64_t i) { return p.log ? dy[i] : dy[i] * y[i]; });
  for (std::int64_t i = lane_index(); i < p.width; i += kWarpSize) {
    write(dx[i], p.log ? dy[i] - std::exp(y[i]) * sum : y[i] * (dy[i] - sum), p.add);
  }
}

void forward(const SoftmaxProblem& p, const SoftmaxForward::Args& a, const Context&, Workspace) {
  launch("softmax_forward", forward_kernel, grid_of_rows(p.rows),
         {a.x.data<float>(), nullptr, a.y.data<float>(), p.rows, p.width, p.log, a.y.adds()});
}

void backward(const SoftmaxProblem& p, const SoftmaxBackward::Args& a, const Context&, Workspace) {
  launch("softmax_backward", backward_kernel, grid_of_rows(p.rows),
         {a.y.data<float>(), a.dy.data<float>(), a.dx.data<float>(), p.rows, p.width, p.log, a.dx.adds()});
}

}  // namespace

extern const KernelVariant<SoftmaxForward> softmax_forward_warp_per_row = {
    .name = "warp_per_row", .target = kTarget, .why_not = float_only, .run = forward};
extern const KernelVariant<SoftmaxBackward> softmax_backward_warp_per_row = {
    .name = "warp_per_row", .target = kTarget, .why_not = float_only, .run = backward};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
