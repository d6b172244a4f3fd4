// One thread per element, for any strides.
//
// A thread converts its number to a position on every axis. Traffic: x and y once where neighbouring threads touch
// neighbouring elements, in a transposition 32 bytes per element on the scattered side. Limit otherwise: the divisions.
#include "kernels/copy/copy_axes.cuh"
#include "kernels/core/reference.h"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 256;

template <class From, class To>
struct Params {
  CopyAxes axes;
  const From* x;
  To* y;
  std::int64_t count;
  bool add;
};

template <class From, class To>
SONOGRAD_KERNEL(kThreads, copy_naive_kernel, Params<From, To> p) {
  const std::int64_t i = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (i >= p.count) return;
  const CopyOffsets at = p.axes.offsets(i);
  write(p.y[at.to], widen(p.x[at.from]), p.add);
}

void run_naive(const CopyProblem& p, const Copy::Args& a, const Context&, Workspace) {
  CopyAxes axes;
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(p.shape.rank()); ++axis) {
    axes.push_back(p.shape[static_cast<int>(axis)], p.from[axis], p.to[axis]);
  }
  const std::int64_t count = p.shape.numel();
  visit_types(p, [&](auto from, auto to) {
    using From = decltype(from);
    using To = decltype(to);
    launch("copy_naive", copy_naive_kernel<From, To>, {{blocks_for(count, kThreads)}, {kThreads}},
           {axes, a.x.data<From>(), a.y.data<To>(), count, a.y.adds()});
  });
}

}  // namespace

extern const KernelVariant<Copy> copy_naive = {
    .name = "naive", .target = kTarget, .why_not = float_or_bf16, .run = run_naive};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
