#include <algorithm>
#include <numeric>

#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/mask/mask.h"

namespace sonograd::kernels::cpu {
namespace {

// fill: the mean of each map first, then rows, which are copied whole and filled where a rectangle crosses them. The mean is
// that of `reference`, bit for bit.
std::size_t workspace(const MaskProblem& p, const MaskMaps::Args& a, const Context&) {
  return Workspace::bytes<float>(static_cast<std::size_t>(p.maps)) +
         Workspace::bytes<float>(static_cast<std::size_t>(a.y.adds() ? p.maps * p.size() : 0));
}

void fill(const MaskProblem& p, const MaskMaps::Args& a, const Context&, Workspace workspace) {
  const float* x = a.x.data<float>();
  float* y = a.y.data<float>();
  const auto* rectangles = reinterpret_cast<const MaskRectangle*>(a.rectangles.data<std::int32_t>());
  float* means = workspace.take<float>(static_cast<std::size_t>(p.maps));
  launch("mask_means", p.maps, [&](std::int64_t n) {
    const float* map = x + n * p.size();
    means[n] = static_cast<float>(std::reduce(map, map + p.size(), 0.0) / static_cast<double>(p.size()));
  });
  // What is added to y is made elsewhere first.
  float* result = a.y.adds() ? workspace.take<float>(static_cast<std::size_t>(p.maps * p.size())) : y;
  launch_rows("mask_maps", p.maps * p.frames, p.bands, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const std::int64_t n = row / p.frames, t = row % p.frames;
      float* to = result + row * p.bands;
      if (to != x + row * p.bands) std::copy_n(x + row * p.bands, p.bands, to);
      for (std::int64_t i = n * p.rectangles; i < (n + 1) * p.rectangles; ++i) {
        const MaskRectangle& r = rectangles[i];
        const std::int64_t first = std::max<std::int64_t>(r.band, 0),
                           last = std::min(p.bands, std::int64_t{r.band} + r.bands);
        if (t >= r.frame && t < std::int64_t{r.frame} + r.frames && first < last)
          std::fill(to + first, to + last, means[n]);
      }
      if (!a.y.adds()) continue;
      for (std::int64_t f = 0; f < p.bands; ++f) y[row * p.bands + f] += to[f];
    }
  });
}

}  // namespace

extern const KernelVariant<MaskMaps> mask_maps_fill = {
    .name = "fill", .why_not = float_only, .workspace = workspace, .run = fill};

}  // namespace sonograd::kernels::cpu
