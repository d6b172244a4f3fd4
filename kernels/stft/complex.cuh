// Complex numbers in registers and shared memory.
#pragma once

#include "kernels/simt/simt.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

struct alignas(8) Complex {
  float re, im;

  __device__ friend Complex operator+(Complex a, Complex b) { return {a.re + b.re, a.im + b.im}; }
  __device__ friend Complex operator-(Complex a, Complex b) { return {a.re - b.re, a.im - b.im}; }
  __device__ friend Complex operator*(Complex a, Complex b) {
    return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
  }
};

__device__ inline float squared_magnitude(Complex a) {
  return a.re * a.re + a.im * a.im;
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
