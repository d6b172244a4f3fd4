#include "kernels/stft/fft_simd.h"

#include "kernels/core/simd_vector.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

using namespace kernels::SONOGRAD_SIMD;

constexpr std::int64_t kComplex = 2 * kLanes;  // floats that hold one complex number of all rows

// Complex numbers of as many rows as a vector has elements.
struct Complex {
  Vector re, im;

  friend Complex operator+(Complex a, Complex b) { return {a.re + b.re, a.im + b.im}; }
  friend Complex operator-(Complex a, Complex b) { return {a.re - b.re, a.im - b.im}; }
  friend Complex operator*(float a, Complex b) { return {a * b.re, a * b.im}; }
};

struct Factor {
  float re, im;

  Factor(const float* table, std::int64_t i) : re(table[2 * i]), im(table[2 * i + 1]) {}
  friend Complex operator*(Complex a, Factor b) {
    return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
  }
};

Complex times_minus_j(Complex a) {
  return {a.im, -a.re};
}

Complex get(const float* z, std::int64_t lane) {
  return {load(z + lane), load(z + kLanes + lane)};
}
void put(float* z, std::int64_t lane, Complex value) {
  store(value.re, z + lane);
  store(value.im, z + kLanes + lane);
}

// Discrete Fourier transform of R values.
template <int R>
struct Butterfly;

template <>
struct Butterfly<2> {
  static void run(Complex (&a)[2]) {
    const Complex sum = a[0] + a[1];
    a[1] = a[0] - a[1];
    a[0] = sum;
  }
};
template <>
struct Butterfly<3> {
  static void run(Complex (&a)[3]) {
    constexpr float kSine = 0.86602540378443864676f;  // sin(2 pi / 3)
    const Complex sum = a[1] + a[2];
    const Complex centre = a[0] - 0.5f * sum;
    const Complex side = kSine * times_minus_j(a[1] - a[2]);
    a[0] = a[0] + sum;
    a[1] = centre + side;
    a[2] = centre - side;
  }
};
template <>
struct Butterfly<4> {
  static void run(Complex (&a)[4]) {
    const Complex even_sum = a[0] + a[2], even = a[0] - a[2];
    const Complex odd_sum = a[1] + a[3], odd = times_minus_j(a[1] - a[3]);
    a[0] = even_sum + odd_sum;
    a[1] = even + odd;
    a[2] = even_sum - odd_sum;
    a[3] = even - odd;
  }
};
template <>
struct Butterfly<5> {
  static void run(Complex (&a)[5]) {
    constexpr float kCos1 = 0.30901699437494742410f, kSin1 = 0.95105651629515357212f;   // at 2 pi / 5
    constexpr float kCos2 = -0.80901699437494742410f, kSin2 = 0.58778525229247312917f;  // at 4 pi / 5
    const Complex sum1 = a[1] + a[4], difference1 = times_minus_j(a[1] - a[4]);
    const Complex sum2 = a[2] + a[3], difference2 = times_minus_j(a[2] - a[3]);
    const Complex centre1 = a[0] + kCos1 * sum1 + kCos2 * sum2;
    const Complex centre2 = a[0] + kCos2 * sum1 + kCos1 * sum2;
    const Complex side1 = kSin1 * difference1 + kSin2 * difference2;
    const Complex side2 = kSin2 * difference1 - kSin1 * difference2;
    a[0] = a[0] + sum1 + sum2;
    a[1] = centre1 + side1;
    a[2] = centre2 + side2;
    a[3] = centre2 - side2;
    a[4] = centre1 - side1;
  }
};

template <int R>
void small_radix(const FftStage& stage, const float* x, float* y) {
  const std::int64_t in_step = stage.columns * stage.stride * kComplex;
  const std::int64_t out_step = stage.stride * kComplex;
  for (std::int64_t p = 0; p < stage.columns; ++p) {
    const float* twiddles = stage.twiddles + 2 * p * (R - 1);
    for (std::int64_t q = 0; q < stage.stride; ++q) {
      const float* __restrict from = x + (p * stage.stride + q) * kComplex;
      float* __restrict to = y + (p * R * stage.stride + q) * kComplex;
      for (std::int64_t lane = 0; lane < kLanes; lane += kVector) {
        Complex a[R];
        for (int i = 0; i < R; ++i) a[i] = get(from + i * in_step, lane);
        Butterfly<R>::run(a);
        put(to, lane, a[0]);
        for (int i = 1; i < R; ++i) put(to + i * out_step, lane, a[i] * Factor(twiddles, i - 1));
      }
    }
  }
}

// Transforms with any other prime radix, by the definition.
void any_radix(const FftStage& stage, const float* x, float* y) {
  const std::int64_t radix = stage.radix;
  for (std::int64_t p = 0; p < stage.columns; ++p) {
    for (std::int64_t q = 0; q < stage.stride; ++q) {
      for (std::int64_t out = 0; out < radix; ++out) {
        float* to = y + ((p * radix + out) * stage.stride + q) * kComplex;
        for (std::int64_t lane = 0; lane < kLanes; lane += kVector) {
          Complex sum = {};
          for (std::int64_t in = 0; in < radix; ++in) {
            const float* from = x + ((in * stage.columns + p) * stage.stride + q) * kComplex;
            sum = sum + get(from, lane) * Factor(stage.roots, out * in % radix);
          }
          put(to, lane, out == 0 ? sum : sum * Factor(stage.twiddles, p * (radix - 1) + out - 1));
        }
      }
    }
  }
}

// Bin k. For even n, the real parts of the packed points are the even samples and the imaginary parts the odd ones; the
// symmetry of their spectra separates the two.
Complex bin(const RealFft& fft, const float* z, std::int64_t k, std::int64_t lane) {
  if (fft.points == fft.n) return get(z + k * kComplex, lane);
  const std::int64_t mirrored = k == 0 ? 0 : fft.points - k;
  const Complex a = get(z + (k == fft.points ? 0 : k) * kComplex, lane);
  const Complex b = get(z + mirrored * kComplex, lane);
  const Complex even = {0.5f * (a.re + b.re), 0.5f * (a.im - b.im)};
  const Complex odd = {0.5f * (a.im + b.im), 0.5f * (b.re - a.re)};
  return even + odd * Factor(fft.unpack, k);
}

}  // namespace

const float* transform_lanes(const RealFft& fft, float* z, float* scratch) {
  for (std::int64_t i = 0; i < fft.stage_count; ++i) {
    const FftStage& stage = fft.stages[i];
    switch (stage.radix) {
      case 2:
        small_radix<2>(stage, z, scratch);
        break;
      case 3:
        small_radix<3>(stage, z, scratch);
        break;
      case 4:
        small_radix<4>(stage, z, scratch);
        break;
      case 5:
        small_radix<5>(stage, z, scratch);
        break;
      default:
        any_radix(stage, z, scratch);
    }
    float* const result = scratch;
    scratch = z;
    z = result;
  }
  return z;
}

void power_bins(const RealFft& fft, const float* z, float* power) {
  for (std::int64_t k = 0; k <= fft.n / 2; ++k) {
    for (std::int64_t lane = 0; lane < kLanes; lane += kVector) {
      const Complex value = bin(fft, z, k, lane);
      store(value.re * value.re + value.im * value.im, power + k * kLanes + lane);
    }
  }
}

void complex_bins(const RealFft& fft, const float* z, float* bins) {
  for (std::int64_t k = 0; k <= fft.n / 2; ++k) {
    for (std::int64_t lane = 0; lane < kLanes; lane += kVector)
      put(bins + k * kComplex, lane, bin(fft, z, k, lane));
  }
}

template <class Sample>
void apply_window(const Sample* __restrict x, const float* __restrict window, std::int64_t n,
                  float* __restrict y) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) y[i] = static_cast<float>(x[i]) * window[i];
}

template void apply_window(const float*, const float*, std::int64_t, float*);
template void apply_window(const std::int16_t*, const float*, std::int64_t, float*);

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
