#include "kernels/conv2d/cpu/winograd_lines_simd.h"

#include "kernels/core/simd_stored.h"
#include "kernels/core/simd_vector.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {

using namespace kernels::SONOGRAD_SIMD;

// Points 0, 1, -1, 2, -2, 1/2 and infinity; all constants are exact.
template <class T>
void winograd_line_input(const T* const* inputs, std::int64_t channels, float* v, std::int64_t point_step) {
  for_each_vector(channels, [&](std::int64_t c, auto width) SONOGRAD_INLINE {
    Vector d[kLinePoints];
    for (int i = 0; i < kLinePoints; ++i) d[i] = load(inputs[i] + c, width);
    const Vector even = 4.0f * d[1] - 5.0f * d[3] + d[5];  // at 1/2, and shifted at 0 and infinity
    const Vector shifted = 4.0f * d[2] - 5.0f * d[4] + d[6];
    float* to = v + c;
    store(-2.0f * d[0] + even + 2.5f * d[2] - 0.5f * d[4], to);
    store(2.0f * (d[1] - d[2]) - 4.5f * d[3] + 0.5f * d[4] + d[5], to + point_step);
    store(-2.0f * d[1] + 6.0f * d[2] - 3.5f * d[3] - 1.5f * d[4] + d[5], to + 2 * point_step);
    store(d[1] - 1.5f * (d[2] - d[4]) - 2.0f * d[3] + d[5], to + 3 * point_step);
    store(2.5f * (d[2] - d[4]) - d[1] + d[5], to + 4 * point_step);
    store(even, to + 5 * point_step);
    store(shifted - 2.0f * d[1] + 2.5f * d[3] - 0.5f * d[5], to + 6 * point_step);
  });
}

template <class T>
void winograd_line_output(const float* m, std::int64_t point_step, const float* bias, std::int64_t channels,
                          bool add, T* const* y) {
  for_each_vector(channels, [&](std::int64_t c, auto width) SONOGRAD_INLINE {
    Vector p[kLinePoints];
    for (int i = 0; i < kLinePoints; ++i) p[i] = load(m + i * point_step + c);
    const Vector ones = p[1] + p[2], ones_odd = p[1] - p[2], twos = p[3] + p[4], twos_odd = p[3] - p[4];
    const Vector b = load(bias + c);
    const Vector sums[kLineOutputs] = {
        p[0] + ones + twos + p[5] + b, ones_odd + 2.0f * twos_odd + 0.5f * p[5] + b,
        ones + 4.0f * twos + 0.25f * p[5] + b, ones_odd + 8.0f * twos_odd + 0.125f * p[5] + p[6] + b};
    for (int i = 0; i < kLineOutputs; ++i) {
      if (y[i] != nullptr) store(add ? load(y[i] + c, width) + sums[i] : sums[i], y[i] + c, width);
    }
  });
}

#define SONOGRAD_WINOGRAD_LINES(T)                                                        \
  template void winograd_line_input(const T* const*, std::int64_t, float*, std::int64_t); \
  template void winograd_line_output(const float*, std::int64_t, const float*, std::int64_t, bool, T* const*);
SONOGRAD_WINOGRAD_LINES(float)
SONOGRAD_WINOGRAD_LINES(bf16)

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
