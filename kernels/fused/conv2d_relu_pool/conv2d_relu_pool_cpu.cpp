#include <algorithm>

#include "kernels/conv2d/cpu/one_channel.h"
#include "kernels/copy/copy_simd.h"
#include "kernels/core/launch.h"
#include "kernels/core/stored.h"
#include "kernels/fused/conv2d_relu_pool/conv2d_relu_pool.h"
#include "kernels/pool/pool_simd.h"

namespace sonograd::kernels::cpu {
namespace {

// strips: the rows of one window at a time, which stay in the second-level cache; the map is never stored. For first
// layers, whose map is the largest of the network and takes few multiplications.
const char* why_not(const Conv2dReluPoolProblem& p, const Context& context) {
  return why_not_one_channel(p.conv, context);
}

std::int64_t chunks_of(const Conv2dReluPoolProblem& p) {
  return std::clamp<std::int64_t>(p.pool.batch * p.pool.out_t, 1, 64);
}

// The rows of one window as a map.
PoolMap strip_map(const PoolProblem& p) {
  return {p.kernel.t, p.f, p.channels, 1, p.out_f, p.kernel.t, p.kernel.f, p.stride.t, p.stride.f, p.rectify};
}

std::int64_t strip_size(const PoolProblem& p) {
  return p.kernel.t * p.f * p.channels;
}

// Number of elements of the row of maxima that a chunk keeps in float32 before it is rounded.
std::int64_t maxima_size(const Conv2dReluPoolProblem& p) {
  return p.dtype == DType::bf16 ? p.pool.out_f * p.pool.channels : 0;
}

std::size_t strip_workspace(const Conv2dReluPoolProblem& p) {
  return OneChannelForward::workspace(p.conv) +
         Workspace::bytes<float>(static_cast<std::size_t>(chunks_of(p) * strip_size(p.pool))) +
         Workspace::bytes<float>(static_cast<std::size_t>(chunks_of(p) * maxima_size(p)));
}

template <class T>
void strips(const Conv2dReluPoolProblem& p, const Conv2dReluPool::Args& a, Workspace workspace) {
  const OneChannelForward convolution(p.conv, a.x, a.weight, a.bias, workspace);
  const PoolProblem& pool = p.pool;
  const PoolMap map = strip_map(pool);
  const std::int64_t chunks = chunks_of(p), rows = pool.batch * pool.out_t;
  const std::int64_t x_row = pool.f * pool.channels, y_row = pool.out_f * pool.channels;
  float* scratch = workspace.take<float>(static_cast<std::size_t>(chunks * strip_size(pool)));
  float* all_maxima = workspace.take<float>(static_cast<std::size_t>(chunks * maxima_size(p)));
  T* y = a.y.data<T>();
  launch("conv2d_relu_pool", chunks, [&](std::int64_t chunk) {
    float* strip = scratch + chunk * strip_size(pool);
    for (std::int64_t r = rows * chunk / chunks; r < rows * (chunk + 1) / chunks; ++r) {
      const std::int64_t first = r / pool.out_t * pool.t + r % pool.out_t * pool.kernel.t;
      for (std::int64_t i = 0; i < pool.kernel.t; ++i)
        convolution.run(first + i, Store::replace, strip + i * x_row);
      if constexpr (std::is_same_v<T, float>) {
        SONOGRAD_SIMD_CALL(max_pool_row<float, std::uint8_t>)
        (map, strip, 0, a.y.adds(), y + r * y_row, nullptr);
      } else {
        float* maxima = all_maxima + chunk * maxima_size(p);
        SONOGRAD_SIMD_CALL(max_pool_row<float, std::uint8_t>)(map, strip, 0, false, maxima, nullptr);
        SONOGRAD_SIMD_CALL(copy_line<float, T>)(maxima, y_row, a.y.adds(), y + r * y_row);
      }
    }
  });
}

}  // namespace

extern const KernelVariant<Conv2dReluPool> conv2d_relu_pool_strips = {
    .name = "strips",
    .why_not = why_not,
    .workspace = strip_workspace,
    .run = [](const Conv2dReluPoolProblem& p, const Conv2dReluPool::Args& a, const Context&,
              Workspace workspace) {
      visit_stored(p.dtype, [&](auto tag) { strips<decltype(tag)>(p, a, workspace); });
    }};

}  // namespace sonograd::kernels::cpu
