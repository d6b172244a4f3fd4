#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/fill/fill.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<Fill> fill_reference =
    stored_reference_row<Fill>([]<class T>(T, const FillProblem& p, const Fill::Args& a) {
      for (std::int64_t i = 0; i < p.shape.numel(); ++i) store<T>(a.y, i, p.value);
    });

extern const KernelVariant<Fill> fill_blocked = {
    .name = "blocked",
    .why_not = float_or_bf16,
    .run = [](const FillProblem& p, const Fill::Args& a, const Context&, Workspace) {
      visit_stored(p.dtype, [&](auto tag) {
        using T = decltype(tag);
        T* y = a.y.data<T>();
        const auto value = static_cast<float>(p.value);
        launch_ranges("fill", p.shape.numel(), [&](std::int64_t begin, std::int64_t end) {
          for (std::int64_t i = begin; i < end; ++i)
            y[i] = static_cast<T>(a.y.adds() ? widen(y[i]) + value : value);
        });
      });
    }};

}  // namespace sonograd::kernels::cpu
