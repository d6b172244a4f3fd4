// One thread per element of the result, straight from global memory, in all three directions.
//
// The threads of a warp own neighbouring channels. Forward and in the gradient of the input they read the same
// elements of the map; in the gradient of the weight, neighbouring ones of x and the same of dy. Traffic per result:
// two elements per multiplication, mostly from the first-level cache. Limits: those loads, and in the gradient of the
// weight the size of small filters, which have too few elements to fill the device.
#include "kernels/conv2d/cuda/conv2d_geometry.cuh"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 128;

__device__ std::int64_t element() {
  return std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
}

template <class T>
SONOGRAD_KERNEL(kThreads, gather_kernel, Gather<T> p) {
  const std::int64_t i = element(), position = i / p.out_channels, row = position / p.f.written;
  if (position >= p.positions()) return;
  const int o = int(i % p.out_channels), n = int(row / p.t.written);
  const int at_t = int(row % p.t.written), at_f = int(position % p.f.written);
  const Phase t = p.t.phase(at_t % p.t.phases), f = p.f.phase(at_f % p.f.phases);
  const int first_t = at_t / p.t.phases * p.t.stride + t.first;
  const int first_f = at_f / p.f.phases * p.f.stride + f.first;
  float sum = p.bias ? widen(p.bias[o]) : 0.0f;
  for (int k_t = 0; k_t < t.taps; ++k_t) {
    for (int k_f = 0; k_f < f.taps; ++k_f) {
      const T* x = p.read_at(n, first_t + k_t * t.step, first_f + k_f * f.step);
      if (!x) continue;
      const int tap = (t.first_tap + k_t * t.tap_step) * p.f.taps + f.first_tap + k_f * f.tap_step;
      const T* w = p.weight + o * p.out_step + tap * p.tap_step;
      for (int c = 0; c < p.in_channels; ++c) sum += widen(x[c]) * widen(w[c * p.in_step]);
    }
  }
  write(p.out[i], sum, p.add);
}

template <class T>
SONOGRAD_KERNEL(kThreads, weight_kernel, WeightGradient<T, T> p) {
  const std::int64_t i = element();
  if (i >= p.out_channels * p.columns()) return;
  const int c = int(i % p.in_channels), tap = int(i % p.columns() / p.in_channels), o = int(i / p.columns());
  const int first_t = p.t.offset + tap / p.f.taps * p.t.dilation;
  const int first_f = p.f.offset + tap % p.f.taps * p.f.dilation;
  float sum = 0;
  for (int n = 0; n < p.batch; ++n) {
    for (int t = 0; t < p.t.written; ++t) {
      const int x_t = t * p.t.stride + first_t;
      if (x_t < 0 || x_t >= p.t.read) continue;
      const T* x = p.x + (std::int64_t{n} * p.t.read + x_t) * p.f.read * p.in_channels + c;
      const T* dy = p.dy + (std::int64_t{n} * p.t.written + t) * p.f.written * p.out_channels + o;
      for (int f = 0; f < p.f.written; ++f) {
        const int x_f = f * p.f.stride + first_f;
        if (x_f < 0 || x_f >= p.f.read) continue;
        sum += widen(x[std::int64_t{x_f} * p.in_channels]) * widen(dy[std::int64_t{f} * p.out_channels]);
      }
    }
  }
  write(p.dw[i], sum, p.add);
}

template <class Args>
void run_gather(const Conv2dProblem& p, const Args& args, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    const Gather<T> params = gather<T>(p, args);
    launch("conv2d_naive", gather_kernel<T>,
           {{blocks_for(params.positions() * params.out_channels, kThreads)}, {kThreads}}, params);
  });
}

void run_weight(const Conv2dProblem& p, const Conv2dBackwardWeight::Args& args, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    launch("conv2d_backward_weight_naive", weight_kernel<T>,
           {{blocks_for(p.weight_shape().numel(), kThreads)}, {kThreads}},
           weight_gradient<T>(p, args, args.dw.data<T>(), args.dw.adds()));
  });
}

}  // namespace

extern const KernelVariant<Conv2dForward> conv2d_forward_naive = {
    .name = "naive", .target = kTarget, .why_not = why_not_conv2d, .run = run_gather<Conv2dForward::Args>};
extern const KernelVariant<Conv2dBackwardData> conv2d_backward_data_naive = {
    .name = "naive",
    .target = kTarget,
    .why_not = why_not_conv2d,
    .run = run_gather<Conv2dBackwardData::Args>};
extern const KernelVariant<Conv2dBackwardWeight> conv2d_backward_weight_naive = {
    .name = "naive", .target = kTarget, .why_not = why_not_conv2d, .run = run_weight};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
