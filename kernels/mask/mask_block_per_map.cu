// Masks of whole maps, one block per map.
//
// A block sums its map, in fixed order, and then writes it element by element. Traffic: x twice, the second time from the
// caches, and y once. Limit: there are only as many blocks as maps.
#include "kernels/core/reference.h"
#include "kernels/mask/mask.h"
#include "kernels/simt/simt.h"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 512;

template <class T>
struct Params {
  const T* x;                       // [N, T, F]
  const MaskRectangle* rectangles;  // [N, R]
  T* y;                             // [N, T, F]
  std::int64_t size, bands, count;  // elements of a map, R
  bool add;
};

template <class T>
SONOGRAD_KERNEL(kThreads, mask_maps_kernel, Params<T> p) {
  const T* x = p.x + blockIdx.x * p.size;
  T* y = p.y + blockIdx.x * p.size;
  const MaskRectangle* rectangles = p.rectangles + blockIdx.x * p.count;
  float sum = 0;
  for (std::int64_t i = threadIdx.x; i < p.size; i += kThreads) sum += widen(x[i]);
  const float mean = block_sum(sum) / static_cast<float>(p.size);
  for (std::int64_t i = threadIdx.x; i < p.size; i += kThreads) {
    const std::int64_t t = i / p.bands, f = i % p.bands;
    bool masked = false;
    for (std::int64_t r = 0; r < p.count; ++r) masked |= rectangles[r].holds(t, f);
    write(y[i], masked ? mean : widen(x[i]), p.add);
  }
}

void run_block_per_map(const MaskProblem& p, const MaskMaps::Args& a, const Context&, Workspace) {
  const auto* rectangles = reinterpret_cast<const MaskRectangle*>(a.rectangles.data<std::int32_t>());
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    launch("mask_maps", mask_maps_kernel<T>, {{static_cast<unsigned>(p.maps)}, {kThreads}},
           {a.x.data<T>(), rectangles, a.y.data<T>(), p.size(), p.bands, p.rectangles, a.y.adds()});
  });
}

}  // namespace

extern const KernelVariant<MaskMaps> mask_maps_block_per_map = {
    .name = "block_per_map", .target = kTarget, .why_not = float_or_bf16, .run = run_block_per_map};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
