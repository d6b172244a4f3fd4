// Four neighbouring elements per thread, or eight of bf16 (kernels/simt/elementwise.h). Limit: the writes.
#include "kernels/core/reference.h"
#include "kernels/fill/fill.h"
#include "kernels/simt/elementwise.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

struct Value {
  float value;

  template <int N>
  __device__ Vec<float, N> at(std::int64_t) const {
    Vec<float, N> v;
    for (int i = 0; i < N; ++i) v[i] = value;
    return v;
  }
};

void run(const FillProblem& p, const Fill::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    launch_elementwise<decltype(tag)>("fill", Value{static_cast<float>(p.value)}, a.y, true);
  });
}

}  // namespace

extern const KernelVariant<Fill> fill_vectorized = {
    .name = "vectorized", .target = kTarget, .why_not = float_or_bf16, .run = run};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
