#include "kernels/fused/bn_relu_pool/bn_relu_pool_simd.h"

#include "kernels/core/simd_vector.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {

using namespace kernels::SONOGRAD_SIMD;

template <class T>
void bn_relu_pool_row(const BnReluPoolRow& row, const T* x, const float* mean, const float* scale,
                      const float* shift, bool add, T* y, std::uint8_t* index) {
  constexpr std::int32_t kNone = 255;  // kNoMaximum
  for (std::int64_t out_f = 0; out_f < row.out_f; ++out_f) {
    for_each_vector(row.channels, [&](std::int64_t c, auto width) {
      const Vector centre = load(mean + c, width), factor = load(scale + c, width),
                   offset = load(shift + c, width);
      Vector best = {};
      IntVector where = IntVector{} + kNone;
      std::int32_t number = 0;
      for (std::int64_t i = 0; i < row.pool_t; ++i) {
        const T* value = x + (i * row.f + out_f * row.pool_f) * row.channels + c;
        for (std::int64_t j = 0; j < row.pool_f; ++j, ++number, value += row.channels) {
          prefetch_beyond(value);
          const Vector z = (load(value, width) - centre) * factor + offset;
          const IntVector wins = (z > best) | (z != z);  // NaN propagates
          best = wins ? z : best;
          where = wins ? IntVector{} + number : where;
        }
      }
      const std::int64_t to = out_f * row.channels + c;
      store(add ? load(y + to, width) + best : best, y + to, width);
      store(__builtin_convertvector(where, ByteVector), index + to, width);
    });
  }
}

template <class T>
void bn_relu_pool_sums_row(const BnReluPoolRow& row, const T* x, const T* dy, const std::uint8_t* index,
                           const float* mean, float* sum_dy, float* sum_dy_x) {
  for (std::int64_t out_f = 0; out_f < row.out_f; ++out_f) {
    for_each_vector(row.channels, [&](std::int64_t c, auto width) {
      const Vector centre = load(mean + c, width);
      const Vector gradient = load(dy + out_f * row.channels + c, width);
      const auto winner =
          __builtin_convertvector(load<ByteVector>(index + out_f * row.channels + c, width), IntVector);
      Vector maximum = centre;  // x where dz is not zero
      Vector dz = {};
      std::int32_t number = 0;
      for (std::int64_t i = 0; i < row.pool_t; ++i) {
        const T* value = x + (i * row.f + out_f * row.pool_f) * row.channels + c;
        for (std::int64_t j = 0; j < row.pool_f; ++j, ++number, value += row.channels) {
          prefetch_beyond(value);
          const IntVector here = winner == number;
          maximum = here ? load(value, width) : maximum;
          dz = here ? gradient : dz;
        }
      }
      store(load(sum_dy + c, width) + dz, sum_dy + c, width);
      store(load(sum_dy_x + c, width) + dz * (maximum - centre), sum_dy_x + c, width);
    });
  }
}

namespace {

template <class Whole, class T>
void gradient_row(const BnReluPoolRow& row, const T* x, const T* dy, const std::uint8_t* index,
                  std::int64_t t, const float* mean, const float* dy_factor, const float* x_factor,
                  const float* constant, bool add, T* dx) {
  for (std::int64_t f = 0; f < row.f; ++f) {
    const std::int64_t out_f = f / row.pool_f;
    const bool in_window = dy != nullptr && out_f < row.out_f;
    const auto number = static_cast<std::int32_t>(t * row.pool_f + f % row.pool_f);
    for_each_vector<Whole>(row.channels, [&](std::int64_t c, auto width) {
      const std::int64_t at = f * row.channels + c;
      Vector sum = load(x_factor + c, width) * (load(x + at, width) - load(mean + c, width)) +
                   load(constant + c, width);
      if (in_window) {
        const std::int64_t from = out_f * row.channels + c;
        const auto winner = __builtin_convertvector(load<ByteVector>(index + from, width), IntVector);
        sum += winner == number ? load(dy_factor + c, width) * load(dy + from, width) : Vector{};
      }
      store(add ? load(dx + at, width) + sum : sum, dx + at, width);
    });
  }
}

}  // namespace

template <class T>
void bn_relu_pool_gradient_row(const BnReluPoolRow& row, const T* x, const T* dy, const std::uint8_t* index,
                               std::int64_t t, const float* mean, const float* dy_factor,
                               const float* x_factor, const float* constant, Store mode, T* dx) {
  const bool add = mode == Store::accumulate;
  if (mode == Store::stream) {
    gradient_row<Streamed>(row, x, dy, index, t, mean, dy_factor, x_factor, constant, add, dx);
    end_stream();
  } else {
    gradient_row<Full>(row, x, dy, index, t, mean, dy_factor, x_factor, constant, add, dx);
  }
}

#define SONOGRAD_BN_RELU_POOL_ROWS(T)                                                                      \
  template void bn_relu_pool_row(const BnReluPoolRow&, const T*, const float*, const float*, const float*, \
                                 bool, T*, std::uint8_t*);                                                 \
  template void bn_relu_pool_sums_row(const BnReluPoolRow&, const T*, const T*, const std::uint8_t*,       \
                                      const float*, float*, float*);                                       \
  template void bn_relu_pool_gradient_row(const BnReluPoolRow&, const T*, const T*, const std::uint8_t*,   \
                                          std::int64_t, const float*, const float*, const float*,          \
                                          const float*, Store, T*);
SONOGRAD_BN_RELU_POOL_ROWS(float)
SONOGRAD_BN_RELU_POOL_ROWS(bf16)

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
