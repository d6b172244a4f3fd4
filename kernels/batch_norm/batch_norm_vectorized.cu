// Normalisation, and inverse deviations from moving averages, four neighbouring channels per thread (eight of bf16).
// Traffic, which is also the limit: x and y once; the parameters of the channels stay in the cache.
#include "kernels/batch_norm/batch_norm.cuh"
#include "kernels/core/reference.h"
#include "kernels/simt/elementwise.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

template <class T>
struct Normalized {
  const T* x;
  Normalization norm;
  std::int64_t channels;  // a multiple of N

  template <int N>
  __device__ Vec<float, N> at(std::int64_t first) const {
    return norm.of(load_wide<N>(x + first), first % channels);
  }
};

struct Inverse {
  const float* variance;
  float eps;

  template <int N>
  __device__ Vec<float, N> at(std::int64_t first) const {
    auto v = load_vec<N>(variance + first);
    for (int k = 0; k < N; ++k) v[k] = 1 / std::sqrt(v[k] + eps);
    return v;
  }
};

void apply(const BatchNormProblem& p, const BatchNormApply::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    const Normalized<T> normalized = {
        a.x.data<T>(),
        {a.mean.data<float>(), a.inv_std.data<float>(), a.weight.data<float>(), a.bias.data<float>()},
        p.channels};
    launch_elementwise<T>(
        "batch_norm_apply", normalized, a.y,
        p.channels % kVectorWidth<T> == 0 && vector_aligned(normalized.x) && normalized.norm.vectors());
  });
}

void invert(const BatchNormProblem&, const InverseDeviation::Args& a, const Context&, Workspace) {
  const Inverse inverse = {a.variance.data<float>(), static_cast<float>(a.eps)};
  launch_elementwise("inverse_deviation", inverse, set(a.inv_std), vector_aligned(inverse.variance));
}

}  // namespace

extern const KernelVariant<InverseDeviation> inverse_deviation_vectorized = {
    .name = "vectorized", .target = kTarget, .why_not = float_only, .run = invert};
extern const KernelVariant<BatchNormApply> batch_norm_apply_vectorized = {
    .name = "vectorized", .target = kTarget, .why_not = float_or_bf16, .run = apply};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
