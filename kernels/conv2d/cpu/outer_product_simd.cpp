#include "kernels/conv2d/cpu/outer_product_simd.h"

#include "kernels/core/simd_stored.h"
#include "kernels/core/simd_vector.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

using namespace kernels::SONOGRAD_SIMD;

// Register tile: outputs x vectors of inputs. 24 sums of 32 registers with AVX-512, 12 of 16 without.
constexpr int kVectors = 2;
constexpr int kRows = kVector == 16 ? 12 : 6;

struct Tiles {
  std::int64_t outputs, count = (outputs + kOuterOutputs - 1) / kOuterOutputs;

  std::int64_t first(std::int64_t tile) const { return outputs / 2 * tile / count * 2; }
  std::int64_t size(std::int64_t tile) const { return first(tile + 1) - first(tile); }
};

template <int R, int V, class Width>
SONOGRAD_INLINE inline void add_tile(const OuterProductRows& block, std::int64_t dy_offset,
                                     std::int64_t input, float* dw, std::int64_t dw_step, Width width) {
  Vector sums[R][V] = {};
  const std::int64_t x_step = block.stride * kOuterInputs;
  for (std::int64_t row = 0; row < block.count; ++row) {
    const float* x = block.rows[row].x + block.x_first * kOuterInputs + input;
    const float* dy = block.rows[row].dy + block.dy_first * kOuterOutputs + dy_offset;
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
void add_outputs(const OuterProductRows& rows, std::int64_t dy_offset, std::int64_t inputs, float* dw,
                 std::int64_t dw_step) {
  for_each_group<kVectors>(inputs, [&]<int V>(std::int64_t c, auto width) SONOGRAD_INLINE {
    add_tile<R, V>(rows, dy_offset, c, dw + c, dw_step, width);
  });
}

// Adds as many outputs at a time as the registers hold, then the rest.
template <int R = kRows>
void add_outputs(std::int64_t outputs, const OuterProductRows& rows, std::int64_t dy_offset,
                 std::int64_t inputs, float* dw, std::int64_t dw_step) {
  for (; outputs >= R; outputs -= R, dy_offset += R, dw += R * dw_step)
    add_outputs<R>(rows, dy_offset, inputs, dw, dw_step);
  if constexpr (R > 2) {
    if (outputs > 0) add_outputs<R - 2>(outputs, rows, dy_offset, inputs, dw, dw_step);
  }
}

}  // namespace

void add_outer_products(const OuterProductRows& rows, std::int64_t outputs, std::int64_t inputs, float* dw,
                        std::int64_t dw_step) {
  const Tiles tiles = {outputs};
  for (std::int64_t i = 0; i < tiles.count; ++i)
    add_outputs(tiles.size(i), rows, i * rows.dy_step, inputs, dw + tiles.first(i) * dw_step, dw_step);
}

template <class T>
void pack_inputs(const T* from, std::int64_t step, std::int64_t positions, std::int64_t inputs, float* to) {
  for (std::int64_t f = 0; f < positions; ++f, from += step, to += kOuterInputs) {
    for (std::int64_t c = 0; c < kOuterInputs; c += kVector) {
      if (c + kVector <= inputs) {
        store(load(from + c), to + c);
      } else {
        store(c < inputs ? load(from + c, Part{inputs - c}) : Vector{}, to + c);
      }
    }
  }
}

template <class T>
void pack_outputs(const T* from, std::int64_t step, std::int64_t positions, std::int64_t outputs, float* to,
                  std::int64_t dy_step) {
  const Tiles tiles = {outputs};
  for (std::int64_t f = 0; f < positions; ++f, from += step, to += kOuterOutputs) {
    for (std::int64_t i = 0; i < tiles.count; ++i) {
      const T* tile = from + tiles.first(i);
      float* packed = to + i * dy_step;
      if (tile + kOuterOutputs <= from + outputs) {
        float values[kOuterOutputs];
        for (std::int64_t r = 0; r < kOuterOutputs; ++r) values[r] = simd::widen(tile[r]);
        __builtin_memcpy(packed, values, sizeof(values));
      } else {
        for (std::int64_t r = 0; r < tiles.size(i); ++r) packed[r] = simd::widen(tile[r]);
      }
    }
  }
}

template void pack_inputs(const float*, std::int64_t, std::int64_t, std::int64_t, float*);
template void pack_inputs(const bf16*, std::int64_t, std::int64_t, std::int64_t, float*);
template void pack_outputs(const float*, std::int64_t, std::int64_t, std::int64_t, float*, std::int64_t);
template void pack_outputs(const bf16*, std::int64_t, std::int64_t, std::int64_t, float*, std::int64_t);

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
