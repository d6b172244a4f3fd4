#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/round_half/round_half.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<RoundHalf> round_half_reference =
    reference_row<RoundHalf>([]<class T>(T, const RoundHalfProblem& p, const RoundHalf::Args& a) {
      for (std::int64_t i = 0; i < p.shape.numel(); ++i)
        store<T>(a.y, i, rounded_to_half(static_cast<float>(a.x.data<T>()[i])));
    });

extern const KernelVariant<RoundHalf> round_half_blocked = {
    .name = "blocked",
    .why_not = float_only,
    .run = [](const RoundHalfProblem& p, const RoundHalf::Args& a, const Context&, Workspace) {
      const float* x = a.x.data<float>();
      float* y = a.y.data<float>();
      launch_ranges("round_half", p.shape.numel(), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i)
          y[i] = a.y.adds() ? y[i] + rounded_to_half(x[i]) : rounded_to_half(x[i]);
      });
    }};

}  // namespace sonograd::kernels::cpu
