// The normalisation itself, four neighbouring channels per thread. Traffic: x and y once, which is also what limits it;
// the parameters of the channels stay in the cache.
#include "kernels/batch_norm/batch_norm.cuh"
#include "kernels/core/reference.h"
#include "kernels/simt/elementwise.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

struct Normalized {
  const float* x;
  Normalization norm;
  std::int64_t channels;  // a multiple of N

  template <int N>
  __device__ Vec<float, N> at(std::int64_t first) const {
    return norm.of(load_vec<N>(x + first), first % channels);
  }
};

void apply(const BatchNormProblem& p, const BatchNormApply::Args& a, Workspace) {
  const Normalized normalized = {
      a.x.data<float>(),
      {a.mean.data<float>(), a.inv_std.data<float>(), a.weight.data<float>(), a.bias.data<float>()},
      p.channels};
  launch_elementwise(
      "batch_norm_apply", normalized, a.y,
      p.channels % kVectorWidth<float> == 0 && vector_aligned(normalized.x) && normalized.norm.vectors());
}

}  // namespace

const KernelVariant<BatchNormApply> batch_norm_apply_vectorized = {
    .name = "vectorized", .target = kTarget, .why_not = float_only, .run = apply};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
