// Frames and spectra around cuFFT, one element per thread: every number is read and written once, by neighbouring threads.
// Limit: that traffic.
#include "kernels/stft/frames.cuh"
#include "kernels/stft/store_bin.cuh"
#include "kernels/vendor/spectra.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 256;

__device__ std::int64_t element() {
  return std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
}

struct CutParams {
  Frames<float> frames;
  float* to;  // [batch * frames, n_fft]
};

SONOGRAD_KERNEL(kThreads, cut_frames_kernel, CutParams p) {
  const StftProblem& problem = p.frames.p;
  const std::int64_t n = problem.options.n_fft, i = element();
  if (i < problem.batch * problem.frames * n) p.to[i] = p.frames.frame(i / n)[i % n];
}

template <class Store>
struct StoreParams {
  const Complex* spectra;
  std::int64_t count;
  Store store;
};

template <class Store>
SONOGRAD_KERNEL(kThreads, store_spectra_kernel, StoreParams<Store> p) {
  const std::int64_t i = element();
  if (i < p.count) p.store(i, p.spectra[i]);
}

template <class Store>
void store(const StftProblem& p, const float* spectra, const Out& y) {
  const std::int64_t count = p.power_shape().numel();
  launch("store_spectra", store_spectra_kernel<Store>, {{blocks_for(count, kThreads)}, {kThreads}},
         {reinterpret_cast<const Complex*>(spectra), count, Store(y)});
}

}  // namespace

void cut_frames(const StftProblem& p, const View& x, const View& window, float* frames) {
  launch("cut_frames", cut_frames_kernel,
         {{blocks_for(p.batch * p.frames * p.options.n_fft, kThreads)}, {kThreads}},
         {{x.data<float>(), window.data<float>(), p}, frames});
}

void store_spectra(const StftProblem& p, const float* spectra, const Out& y) {
  store<StoreComplex>(p, spectra, y);
}

void store_powers(const StftProblem& p, const float* spectra, const Out& y) {
  store<StorePower>(p, spectra, y);
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
