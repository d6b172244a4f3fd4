// Gradient of decibels, elementwise (kernels/simt/elementwise.h). Traffic, which is also the limit: x, dy and dx once.
#include "kernels/core/reference.h"
#include "kernels/mel/mel.h"
#include "kernels/simt/elementwise.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

struct DecibelsGradient {
  const float *x, *dy;
  float amin;

  template <int N>
  __device__ Vec<float, N> at(std::int64_t first) const {
    constexpr float kDbPerNeper = 4.34294481903251827651f;  // 10 / ln 10
    const auto power = load_vec<N>(x + first);
    auto gradient = load_vec<N>(dy + first);
    for (int i = 0; i < N; ++i) gradient[i] = power[i] < amin ? 0.0f : kDbPerNeper * gradient[i] / power[i];
    return gradient;
  }
};

void run_vectorized(const DbProblem& p, const PowerToDbBackward::Args& a, const Context&, Workspace) {
  const DecibelsGradient f = {a.x.data<float>(), a.dy.data<float>(), static_cast<float>(p.options.amin)};
  launch_elementwise("power_to_db_backward", f, a.dx, vector_aligned(f.x, f.dy));
}

}  // namespace

extern const KernelVariant<PowerToDbBackward> power_to_db_backward_vectorized = {
    .name = "vectorized", .target = kTarget, .why_not = float_only, .run = run_vectorized};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
