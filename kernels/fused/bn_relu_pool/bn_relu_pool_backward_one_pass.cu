// Gradient from pooled data where these suffice: sums, then dx, four neighbouring channels per thread (eight of bf16 in
// dx).
//
// dz is zero except at the maxima, so the sums over the map read dy, the indices and only those elements of x that are
// maxima. dx reads x once and looks up dz. It is faster than `composed` because dz is never stored, and x and dz are not
// read for the sums. Traffic, which is also the limit: x and dx once, and three pooled maps twice.
#include <limits>

#include "kernels/batch_norm/batch_norm.cuh"
#include "kernels/core/reference.h"
#include "kernels/fused/bn_relu_pool/bn_relu_pool.h"
#include "kernels/reduce/column_reduce.cuh"
#include "kernels/simt/elementwise.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

template <class T>
struct Maps {
  PoolProblem sizes;
  const T *x, *dy;            // [N, T, F, C], [N, T', F', C]
  const std::uint8_t* index;  // like dy
};

template <class T>
struct Sums {
  using State = GradientSums;
  Maps<T> maps;
  NormGradient target;
  ChannelGradient* gradients;  // [C]

  __device__ State start() const { return {0, 0}; }
  template <int N>
  __device__ void of(const ColumnRows& rows, std::int64_t c, State* states) const {
    const PoolProblem& p = maps.sizes;
    const auto out_t = static_cast<unsigned>(p.out_t), out_f = static_cast<unsigned>(p.out_f);
    const auto kernel_f = static_cast<unsigned>(p.kernel.f);
    const auto mean = load_vec<N>(target.mean + c);
    for (std::int64_t i = rows.first; i < rows.end; i += rows.step) {
      const auto place = static_cast<unsigned>(i);
      const unsigned row = place / out_f, f = place % out_f, n = row / out_t, t = row % out_t;
      const std::int64_t window = (n * p.t + t * p.kernel.t) * p.f + f * kernel_f;
      const auto cells = load_vec<N>(maps.index + i * p.channels + c);
      const auto dy = load_wide<N>(maps.dy + i * p.channels + c);
      for (int k = 0; k < N; ++k) {
        const unsigned cell = cells[k];
        if (cell == kNoMaximum) continue;
        const std::int64_t at = window + cell / kernel_f * p.f + cell % kernel_f;
        states[k].dy += dy[k];
        states[k].dy_x += dy[k] * (widen(maps.x[at * p.channels + c + k]) - mean[k]);
      }
    }
  }
  __device__ State merge(const State& a, const State& b) const { return GradientSums::merge(a, b); }
  __device__ void finish(std::int64_t c, const State& state) const {
    gradients[c] = target.finish(c, state.dy, state.dy_x);
  }
};

template <class T>
struct Gradient {
  Maps<T> maps;
  const ChannelGradient* gradients;

  template <int N>  // divides the number of channels
  __device__ Vec<float, N> at(std::int64_t first) const {
    const PoolProblem& p = maps.sizes;
    const std::int64_t c = first % p.channels, place = first / p.channels, row = place / p.f;
    const std::int64_t f = place % p.f, t = row % p.t, n = row / p.t;
    const std::int64_t out_t = t / p.kernel.t, out_f = f / p.kernel.f;
    const std::int64_t cell = t % p.kernel.t * p.kernel.f + f % p.kernel.f;
    Vec<float, N> dz = {};
    if (out_t < p.out_t && out_f < p.out_f) {
      const std::int64_t pooled = ((n * p.out_t + out_t) * p.out_f + out_f) * p.channels + c;
      const auto winner = load_vec<N>(maps.index + pooled);
      const auto dy = load_wide<N>(maps.dy + pooled);
      for (int k = 0; k < N; ++k) dz[k] = winner[k] == cell ? dy[k] : 0;
    }
    auto v = load_wide<N>(maps.x + first);
    for (int k = 0; k < N; ++k) v[k] = gradients[c + k].of(dz[k], v[k]);
    return v;
  }
};

std::int64_t windows_of(const BnReluPoolProblem& p) {
  return p.batch * p.out_t * p.out_f;
}

// Indices have 32 bits: divisions of 64-bit numbers are calls, which would spill the registers of the loop.
const char* why_not(const BnReluPoolProblem& p, const Context& context) {
  if (windows_of(p) > std::numeric_limits<std::int32_t>::max()) return "more than 2^31 windows";
  return float_or_bf16(p, context);
}

std::size_t workspace(const BnReluPoolProblem& p) {
  return Workspace::bytes<ChannelGradient>(static_cast<std::size_t>(p.channels)) +
         column_workspace<GradientSums>(windows_of(p), p.channels);
}

template <class T>
void backward_as(const BnReluPoolProblem& p, const BnReluPoolBackward::Args& a, Workspace scratch) {
  auto* gradients = scratch.take<ChannelGradient>(static_cast<std::size_t>(p.channels));
  const Maps<T> maps = {p, a.x.data<T>(), a.dy.data<T>(), a.index.data<std::uint8_t>()};
  const NormGradient target(a, true, p.batch * p.t * p.f);
  const bool vectors = vector_aligned(maps.x, maps.dy, maps.index, target.mean);
  reduce_columns("bn_relu_pool_sums", windows_of(p), p.channels, Sums<T>{maps, target, gradients}, vectors,
                 scratch);
  if (!a.dx.view.defined()) return;
  launch_elementwise<T>("bn_relu_pool_backward", Gradient<T>{maps, gradients}, a.dx,
                        vectors && p.channels % kVectorWidth<T> == 0);
}

void backward(const BnReluPoolProblem& p, const BnReluPoolBackward::Args& a, const Context&,
              Workspace scratch) {
  visit_stored(p.dtype, [&](auto tag) { backward_as<decltype(tag)>(p, a, scratch); });
}

}  // namespace

extern const KernelVariant<BnReluPoolBackward> bn_relu_pool_backward_one_pass = {
    .name = "one_pass", .target = kTarget, .why_not = why_not, .workspace = workspace, .run = backward};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
