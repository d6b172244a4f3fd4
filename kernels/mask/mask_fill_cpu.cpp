#include <algorithm>
#include <functional>
#include <numeric>

#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/mask/mask.h"

namespace sonograd::kernels::cpu {
namespace {

// fill: the mean of each map first, then rows, which are copied whole and filled where a rectangle crosses them. The mean
// is equal to that of `reference`, bit for bit.
std::size_t workspace(const MaskProblem& p, const MaskMaps::Args& a, const Context&) {
  return Workspace::bytes<float>(static_cast<std::size_t>(p.maps)) +
         Workspace::bytes<float>(static_cast<std::size_t>(a.y.adds() ? p.maps * p.size() : 0));
}

// Writes row `t` of a map, and the mean where one of its rectangles crosses it. x and y may be the same row.
template <class T, class Y>
void fill_row(const T* x, std::span<const MaskRectangle> rectangles, std::int64_t t, std::int64_t bands,
              float mean, Y* y) {
  if (static_cast<const void*>(x) != y) {
    std::transform(x, x + bands, y, [](T value) { return static_cast<Y>(widen(value)); });
  }
  for (const MaskRectangle& r : rectangles) {
    const std::int64_t first = std::max<std::int64_t>(r.band, 0),
                       last = std::min(bands, std::int64_t{r.band} + r.bands);
    if (t >= r.frame && t < std::int64_t{r.frame} + r.frames && first < last)
      std::fill(y + first, y + last, static_cast<Y>(mean));
  }
}

template <class T>
void fill(const MaskProblem& p, const MaskMaps::Args& a, Workspace workspace) {
  const T* x = a.x.data<T>();
  T* y = a.y.data<T>();
  const auto* rectangles = reinterpret_cast<const MaskRectangle*>(a.rectangles.data<std::int32_t>());
  float* means = workspace.take<float>(static_cast<std::size_t>(p.maps));
  launch("mask_means", p.maps, [&](std::int64_t n) {
    const T* map = x + n * p.size();
    const double sum = std::transform_reduce(map, map + p.size(), 0.0, std::plus<>(), widen<T>);
    means[n] = static_cast<float>(sum / static_cast<double>(p.size()));
  });
  // To accumulate, the masked map is made in scratch memory first.
  float* result = a.y.adds() ? workspace.take<float>(static_cast<std::size_t>(p.maps * p.size())) : nullptr;
  launch_rows("mask_maps", p.maps * p.frames, p.bands, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const std::int64_t n = row / p.frames, t = row % p.frames;
      const std::span mine(rectangles + n * p.rectangles, static_cast<std::size_t>(p.rectangles));
      const T* from = x + row * p.bands;
      T* to = y + row * p.bands;
      if (result == nullptr) {
        fill_row(from, mine, t, p.bands, means[n], to);
        continue;
      }
      float* addend = result + row * p.bands;
      fill_row(from, mine, t, p.bands, means[n], addend);
      for (std::int64_t f = 0; f < p.bands; ++f) to[f] = static_cast<T>(widen(to[f]) + addend[f]);
    }
  });
}

}  // namespace

extern const KernelVariant<MaskMaps> mask_maps_fill = {
    .name = "fill",
    .why_not = float_or_bf16,
    .workspace = workspace,
    .run = [](const MaskProblem& p, const MaskMaps::Args& a, const Context&, Workspace scratch) {
      visit_stored(p.dtype, [&](auto tag) { fill<decltype(tag)>(p, a, scratch); });
    }};

}  // namespace sonograd::kernels::cpu
