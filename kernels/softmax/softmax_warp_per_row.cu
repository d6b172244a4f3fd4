// One warp per row.
//
// Lanes read neighbouring elements, in whole cache lines, and exchange maximum and sum by shuffles, without barriers or
// shared memory. Rows are read three times; up to some thousand elements, they stay in the first-level cache. Traffic, which
// is also the limit: x and y once. With very short rows lanes are idle; very long ones have only 32 threads.
#include "kernels/core/reference.h"
#include "kernels/simt/row_per_warp.h"
#include "kernels/simt/write.h"
#include "kernels/softmax/softmax.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

template <class T>
struct Params {
  const T *x, *dy;  // [rows, width]; x is y backward
  T* out;
  std::int64_t rows, width;
  bool log, add;
};

template <class T>
SONOGRAD_KERNEL(kRowThreads, forward_kernel, Params<T> p) {
  const std::int64_t row = row_of_warp();
  if (row >= p.rows) return;
  const T* x = p.x + row * p.width;
  T* y = p.out + row * p.width;
  const auto [largest, sum] = exponentials_of_row(x, p.width);
  const float log_sum = std::log(sum), factor = 1 / sum;
  for (std::int64_t i = lane_index(); i < p.width; i += kWarpSize) {
    const float shifted = widen(x[i]) - largest;
    write(y[i], p.log ? shifted - log_sum : std::exp(shifted) * factor, p.add);
  }
}

template <class T>
SONOGRAD_KERNEL(kRowThreads, backward_kernel, Params<T> p) {
  const std::int64_t row = row_of_warp();
  if (row >= p.rows) return;
  const T *y = p.x + row * p.width, *dy = p.dy + row * p.width;
  T* dx = p.out + row * p.width;
  const float sum =
      sum_of_row(p.width, [&](std::int64_t i) { return p.log ? widen(dy[i]) : widen(dy[i]) * widen(y[i]); });
  for (std::int64_t i = lane_index(); i < p.width; i += kWarpSize) {
    const float value = widen(y[i]), d = widen(dy[i]);
    write(dx[i], p.log ? d - std::exp(value) * sum : value * (d - sum), p.add);
  }
}

void forward(const SoftmaxProblem& p, const SoftmaxForward::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    launch("softmax_forward", forward_kernel<T>, grid_of_rows(p.rows),
           {a.x.data<T>(), nullptr, a.y.data<T>(), p.rows, p.width, p.log, a.y.adds()});
  });
}

void backward(const SoftmaxProblem& p, const SoftmaxBackward::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    launch("softmax_backward", backward_kernel<T>, grid_of_rows(p.rows),
           {a.y.data<T>(), a.dy.data<T>(), a.dx.data<T>(), p.rows, p.width, p.log, a.dx.adds()});
  });
}

}  // namespace

extern const KernelVariant<SoftmaxForward> softmax_forward_warp_per_row = {
    .name = "warp_per_row", .target = kTarget, .why_not = float_or_bf16, .run = forward};
extern const KernelVariant<SoftmaxBackward> softmax_backward_warp_per_row = {
    .name = "warp_per_row", .target = kTarget, .why_not = float_or_bf16, .run = backward};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
