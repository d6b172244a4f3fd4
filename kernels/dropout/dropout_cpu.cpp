#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/dropout/dropout.h"
#include "kernels/dropout/dropout_simd.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<Dropout> dropout_reference =
    stored_reference_row<Dropout>([]<class T>(T, const DropoutProblem& p, const Dropout::Args& a) {
      const T* x = a.x.data<T>();
      Random random(p.key);
      for (std::int64_t i = 0; i < p.shape.numel(); ++i) {
        store<T>(a.y, i, random.bits() < p.threshold() ? 0.0 : widen(x[i]) / (1 - p.p));
      }
    });

extern const KernelVariant<Dropout> dropout_simd = {
    .name = "simd",
    .why_not = float_or_bf16,
    .run = [](const DropoutProblem& p, const Dropout::Args& a, const Context&, Workspace) {
      const DropoutMask mask = {
          {p.key.example, p.key.step, static_cast<std::uint32_t>(p.key.stream),
           static_cast<std::uint32_t>(p.key.seed), static_cast<std::uint32_t>(p.key.seed >> 32)},
          p.threshold(),
          static_cast<float>(1 / (1 - p.p))};
      visit_stored(p.dtype, [&](auto tag) {
        using T = decltype(tag);
        const T* x = a.x.data<T>();
        T* y = a.y.data<T>();
        launch_ranges("dropout", p.shape.numel(), [&](std::int64_t begin, std::int64_t end) {
          SONOGRAD_SIMD_CALL(drop<T>)
          (mask, static_cast<std::uint32_t>(begin / 4), x + begin, end - begin, a.y.adds(), y + begin);
        });
      });
    }};

}  // namespace sonograd::kernels::cpu
