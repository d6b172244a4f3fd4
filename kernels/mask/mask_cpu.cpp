#include <algorithm>
#include <functional>
#include <numeric>

#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/mask/mask.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<MaskMaps> mask_maps_reference =
    stored_reference_row<MaskMaps>([]<class T>(T, const MaskProblem& p, const MaskMaps::Args& a) {
      launch("mask_maps", p.maps, [&](std::int64_t n) {
        const std::int64_t first = n * p.size();
        const std::span<const T> x(a.x.data<T>() + first, static_cast<std::size_t>(p.size()));
        const double mean = std::transform_reduce(x.begin(), x.end(), 0.0, std::plus<>(), widen<T>) /
                            static_cast<double>(x.size());
        const auto* rectangle = reinterpret_cast<const MaskRectangle*>(a.rectangles.data<std::int32_t>());
        const std::span mine(rectangle + n * p.rectangles, static_cast<std::size_t>(p.rectangles));
        for (std::int64_t t = 0, i = 0; t < p.frames; ++t) {
          for (std::int64_t f = 0; f < p.bands; ++f, ++i) {
            const bool masked = std::ranges::any_of(mine, [&](const auto& r) { return r.holds(t, f); });
            store<T>(a.y, first + i,
                     masked ? mean : static_cast<double>(widen(x[static_cast<std::size_t>(i)])));
          }
        }
      });
    });

}  // namespace sonograd::kernels::cpu
