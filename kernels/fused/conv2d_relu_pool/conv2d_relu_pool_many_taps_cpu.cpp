// Wide filters over a map with one channel, followed by a maximum over all bands: the vertical filters of musicnn and of Pons et al.
// Tiles of frames keep their maxima beside the sums of one band, so that the map, as large as all bands, is never stored.
#include <algorithm>
#include <limits>

#include "kernels/conv2d/cpu/many_taps.h"
#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/fused/conv2d_relu_pool/band_maxima_simd.h"
#include "kernels/fused/conv2d_relu_pool/conv2d_relu_pool.h"

namespace sonograd::kernels::cpu {
namespace {

constexpr std::int64_t kFramesOfPiece = 48;  // whole tiles

const char* why_not(const Conv2dReluPoolProblem& p, const Context& context) {
  if (p.pool.kernel.t != 1 || p.pool.kernel.f != p.conv.out_f)
    return "requires windows of all bands of a frame";
  return why_not_many_taps(p.conv, context);
}

template <class T>
void maxima(const Conv2dReluPoolProblem& p, const Conv2dReluPool::Args& a, Workspace workspace) {
  const Conv2dProblem& conv = p.conv;
  const ManyTapsSizes sizes(conv);
  const ManyTapsOperands operands(conv, a.x, a.weight, a.bias, a.cache, workspace);
  const std::int64_t pieces = blocks_of(conv.out_t, kFramesOfPiece);
  const std::int64_t frame_step = conv.options.stride.t * sizes.map_row;
  const Store mode = a.y.adds() ? Store::accumulate : Store::replace;
  const float floor = p.pool.rectify ? 0.0f : -std::numeric_limits<float>::infinity();
  T* y = a.y.data<T>();
  launch("conv2d_relu_pool", conv.batch * pieces * sizes.panels, [&](std::int64_t i) {
    const std::int64_t panel = i % sizes.panels, piece = i / sizes.panels;
    const std::int64_t n = piece / pieces, first = piece % pieces * kFramesOfPiece;
    const FrameRun run = {operands.map() + n * sizes.map_rows * sizes.map_row + first * frame_step,
                          std::min(kFramesOfPiece, conv.out_t - first), frame_step, conv.out_f,
                          conv.options.stride.f};
    SONOGRAD_SIMD_CALL(band_maxima<T>)
    (sizes.lines, run, operands.weight(panel), operands.bias(panel), floor,
     {y + (n * conv.out_t + first) * conv.out_channels + panel * kManyTapsPanel, conv.out_channels,
      sizes.channels_of(panel), mode});
  });
}

}  // namespace

extern const KernelVariant<Conv2dReluPool> conv2d_relu_pool_many_taps = {
    .name = "many_taps",
    .why_not = why_not,
    .workspace = [](const Conv2dReluPoolProblem& p) { return ManyTapsOperands::workspace(p.conv); },
    .run =
        [](const Conv2dReluPoolProblem& p, const Conv2dReluPool::Args& a, const Context&,
           Workspace workspace) {
          visit_stored(p.dtype, [&](auto tag) { maxima<decltype(tag)>(p, a, workspace); });
        }};

}  // namespace sonograd::kernels::cpu
