// Spectra by fast transforms in shared memory, one frame per warp (kernels/stft/fft.cuh).
//
// A block of up to four warps owns as many neighbouring frames, whose overlapping samples are in the caches after the first
// read. Traffic: the samples once, the bins once. It is faster than `direct` by n / log n; frames above 64 KiB are not
// supported.
#include "kernels/core/reference.h"
#include "kernels/stft/fft.cuh"
#include "kernels/stft/frames.cuh"
#include "kernels/stft/roots.cuh"
#include "kernels/stft/stft.h"
#include "kernels/stft/store_bin.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

template <class Store>
struct Params {
  Frames<float> frames;
  FftPlan plan;
  const Complex* roots;  // [n_fft]
  Store store;
};

template <class Store>
SONOGRAD_KERNEL(kMostFftThreads, stft_fft_kernel, Params<Store> p) {
  const StftProblem& problem = p.frames.p;
  const std::int64_t number = frame_of_warp();
  if (number >= problem.batch * problem.frames) return;
  FftBuffers buffers = FftBuffers::of_warp(p.plan);
  const Spectrum spectrum = transform(p.plan, p.roots, p.frames.frame(number), buffers);
  const int bins = static_cast<int>(problem.bins());
  for (int k = static_cast<int>(lane_index()); k < bins; k += kWarpSize) {
    p.store(number * bins + k, spectrum.bin(k));
  }
}

const char* why_not(const StftProblem& p, const Context& context) {
  const char* reason = why_not_fft(p.options.n_fft);
  return reason != nullptr ? reason : float_only(p, context);
}

std::size_t workspace(const StftProblem& p) {
  return roots_bytes(p.options.n_fft);
}

template <class Store, class Args>
void run(const StftProblem& p, const Args& a, const Context&, Workspace scratch) {
  const FftPlan plan = fft_plan(p.options.n_fft);
  launch("stft_fft", stft_fft_kernel<Store>, fft_grid(plan, p.batch * p.frames),
         {{a.x.template data<float>(), a.window.template data<float>(), p},
          plan,
          make_roots(p.options.n_fft, scratch),
          Store(a.y)});
}

}  // namespace

extern const KernelVariant<Stft> stft_fft = {.name = "fft",
                                             .target = kTarget,
                                             .why_not = why_not,
                                             .workspace = workspace,
                                             .run = run<StoreComplex, Stft::Args>};
extern const KernelVariant<PowerSpectrogram> power_spectrogram_fft = {
    .name = "fft",
    .target = kTarget,
    .why_not = why_not,
    .workspace = workspace,
    .run = run<StorePower, PowerSpectrogram::Args>};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
