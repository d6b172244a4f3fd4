#include "kernels/fused/conv2d_relu_pool/conv2d_relu_pool_cpu.h"

#include <algorithm>

#include "kernels/conv2d/one_channel.h"
#include "kernels/core/launch.h"
#include "kernels/fused/conv2d_relu_pool/conv2d_relu_pool_simd.h"
#include "kernels/pointwise/pointwise.h"

namespace sonograd::kernels::cpu {
namespace {

// ---- composed: the plain kernels one after the other. Pooling first: the maximum and ReLU commute, and the pooled map
// is smaller.
std::size_t bytes_of(const Shape& shape, DType dtype) {
  return static_cast<std::size_t>(shape.numel()) * size_of(dtype);
}

View take_map(Workspace& workspace, const Shape& shape, DType dtype) {
  return View(workspace.take<std::byte>(bytes_of(shape, dtype)), shape, dtype, Device{});
}

std::size_t composed_maps(const Conv2dReluPoolProblem& p) {
  return Workspace::bytes<std::byte>(bytes_of(p.conv.output_shape(), p.dtype)) +
         Workspace::bytes<std::byte>(bytes_of(p.output_shape(), p.dtype));
}

void composed(const Conv2dReluPoolProblem& p, const Conv2dReluPool::Args& a, Workspace workspace) {
  const View map = take_map(workspace, p.conv.output_shape(), p.dtype);
  const View pooled = take_map(workspace, p.output_shape(), p.dtype);
  conv2d_forward(p.conv, a.x, a.weight, a.bias, set(map), a.cache);
  max_pool_forward(p.pool, map, set(pooled));
  unary_forward({.function = Unary::relu, .shape = p.output_shape(), .dtype = p.dtype}, pooled, a.y);
}

// ---- strips: the rows of one window at a time, which stay in the second-level cache; the map is never stored. For the
// first layer, whose map is the largest of the network and costs few multiplications.
const char* why_not(const Conv2dReluPoolProblem& p, const Context& context) {
  return why_not_one_channel(p.conv, context);
}

std::int64_t chunks_of(const Conv2dReluPoolProblem& p) {
  return std::clamp<std::int64_t>(p.pool.batch * p.pool.out_t, 1, 64);
}

std::int64_t strip_size(const Conv2dReluPoolProblem& p) {
  return p.pool.kernel.t * p.pool.f * p.pool.channels;
}

std::size_t strip_workspace(const Conv2dReluPoolProblem& p) {
  return OneChannelForward::workspace(p.conv) +
         Workspace::bytes<float>(static_cast<std::size_t>(chunks_of(p) * strip_size(p)));
}

void strips(const Conv2dReluPoolProblem& p, const Conv2dReluPool::Args& a, Workspace workspace) {
  const OneChannelForward convolution(p.conv, a.x, a.weight, a.bias, workspace);
  const std::int64_t chunks = chunks_of(p), rows = p.pool.batch * p.pool.out_t;
  float* scratch = workspace.take<float>(static_cast<std::size_t>(chunks * strip_size(p)));
  const ReluPoolRow row = {p.pool.f, p.pool.channels, p.pool.out_f, p.pool.kernel.t, p.pool.kernel.f};
  float* y = a.y.data<float>();
  launch("conv2d_relu_pool", chunks, [&](std::int64_t chunk) {
    float* strip = scratch + chunk * strip_size(p);
    for (std::int64_t r = rows * chunk / chunks; r < rows * (chunk + 1) / chunks; ++r) {
      const std::int64_t first = r / p.pool.out_t * p.pool.t + r % p.pool.out_t * p.pool.kernel.t;
      for (std::int64_t i = 0; i < p.pool.kernel.t; ++i)
        convolution.run(first + i, Write::replace, strip + i * p.pool.f * p.pool.channels);
      SONOGRAD_SIMD_CALL(relu_pool_row)(row, strip, a.y.adds(), y + r * row.out_f * row.channels);
    }
  });
}

}  // namespace

const KernelVariant<Conv2dReluPool> conv2d_relu_pool_composed = {
    .name = "composed", .workspace = composed_maps, .run = composed};
const KernelVariant<Conv2dReluPool> conv2d_relu_pool_strips = {
    .name = "strips", .why_not = why_not, .workspace = strip_workspace, .run = strips};

}  // namespace sonograd::kernels::cpu
