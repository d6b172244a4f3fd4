// Epilogues for a bin of a spectrum; `number` counts the bins of all frames.
#pragma once

#include "kernels/simt/write.h"
#include "kernels/stft/complex.cuh"
#include "tensor/view.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

struct StoreComplex {
  Complex* y;
  bool add;

  explicit StoreComplex(const Out& out) : y(reinterpret_cast<Complex*>(out.data<float>())), add(out.adds()) {}
  __device__ void operator()(std::int64_t number, Complex bin) const {
    y[number] = add ? y[number] + bin : bin;
  }
};

struct StorePower {
  float* y;
  bool add;

  explicit StorePower(const Out& out) : y(out.data<float>()), add(out.adds()) {}
  __device__ void operator()(std::int64_t number, Complex bin) const {
    write(y[number], squared_magnitude(bin), add);
  }
};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
