#include "kernels/conv2d/outer_product_simd.h"

#include "kernels/core/simd_vector.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

using namespace kernels::SONOGRAD_SIMD;

// Register tile: outputs x vectors of inputs. 24 sums of 32 registers with AVX-512, 12 of 16 without.
constexpr int kVectors = kVector == 16 ? 4 : 2;

template <int R, int V, class Width>
SONOGRAD_INLINE inline void tile(const OuterProductRows& block, std::int64_t input, float* dw,
                                 std::int64_t dw_step, Width width) {
  Vector sums[R][V] = {};
  const std::int64_t x_step = block.stride * kOuterInputs;
  for (std::int64_t row = 0; row < block.count; ++row) {
    const float* x = block.rows[row].x + block.x_first * kOuterInputs + input;
    const float* dy = block.rows[row].dy + block.dy_first * kOuterOutputs;
    for (std::int64_t f = 0; f < block.positions; ++f, x += x_step, dy += kOuterOutputs) {
      Vector seen[V];
      for (int v = 0; v < V; ++v) seen[v] = load(x + v * kVector);
      for (int r = 0; r < R; ++r) {
        for (int v = 0; v < V; ++v) sums[r][v] += seen[v] * dy[r];
      }
    }
  }
  for (int r = 0; r < R; ++r) {
    for (int v = 0; v < V; ++v) {
      float* to = dw + r * dw_step + v * kVector;
      store(load(to, width) + sums[r][v], to, width);
    }
  }
}

template <int R>
void add_tiles(const OuterProductRows& rows, std::int64_t inputs, float* dw, std::int64_t dw_step) {
  std::int64_t c = 0;
  for (; c + kVectors * kVector <= inputs; c += kVectors * kVector)
    tile<R, kVectors>(rows, c, dw + c, dw_step, Full{});
  for (; c + kVector <= inputs; c += kVector) tile<R, 1>(rows, c, dw + c, dw_step, Full{});
  if (c < inputs) tile<R, 1>(rows, c, dw + c, dw_step, Part{inputs - c});
}

}  // namespace

void add_outer_products(const OuterProductRows& rows, std::int64_t outputs, std::int64_t inputs, float* dw,
                        std::int64_t dw_step) {
  switch (outputs) {
    case 2:
      return add_tiles<2>(rows, inputs, dw, dw_step);
    case 4:
      return add_tiles<4>(rows, inputs, dw, dw_step);
    default:
      return add_tiles<6>(rows, inputs, dw, dw_step);
  }
}

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
