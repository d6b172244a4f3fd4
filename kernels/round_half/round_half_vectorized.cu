// Four neighbouring elements per thread (kernels/simt/elementwise.h). Limit: reads and writes.
#include "kernels/core/reference.h"
#include "kernels/round_half/round_half.h"
#include "kernels/simt/elementwise.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

struct Rounded {
  const float* x;

  template <int N>
  __device__ Vec<float, N> at(std::int64_t first) const {
    Vec<float, N> v = load_vec<N>(x + first);
    for (int i = 0; i < N; ++i) v[i] = rounded_to_half(v[i]);
    return v;
  }
};

void run(const RoundHalfProblem&, const RoundHalf::Args& a, const Context&, Workspace) {
  const float* const x = a.x.data<float>();
  launch_elementwise("round_half", Rounded{x}, a.y, vector_aligned(x));
}

}  // namespace

extern const KernelVariant<RoundHalf> round_half_vectorized = {
    .name = "vectorized", .target = kTarget, .why_not = float_only, .run = run};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
