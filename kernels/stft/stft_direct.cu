// Discrete Fourier transform by its definition, one thread per bin.
//
// A block owns 128 bins of one frame. Blocks of 128 windowed samples are staged in shared memory, where all threads read
// the same one at a time; the factors are read from a table of the n-th roots of unity through the caches. Each block of
// samples has a sum of its own, which keeps rounding errors small for frames of any length. Limit: n multiplications per
// bin instead of log n.
#include "kernels/core/reference.h"
#include "kernels/stft/frames.cuh"
#include "kernels/stft/roots.cuh"
#include "kernels/stft/stft.h"
#include "kernels/stft/store_bin.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 128;

template <class Store>
struct Params {
  Frames<float> frames;
  const Complex* roots;  // [n_fft]
  Store store;
};

template <class Store>
SONOGRAD_KERNEL(kThreads, stft_direct_kernel, Params<Store> p) {
  struct Smem {
    float piece[kThreads];
  };
  Smem& smem = shared<Smem>();
  const StftProblem& problem = p.frames.p;
  const std::int64_t n = problem.options.n_fft, bins = problem.bins();
  const std::int64_t blocks = (bins + kThreads - 1) / kThreads, number = blockIdx.x / blocks;
  const std::int64_t k = blockIdx.x % blocks * kThreads + threadIdx.x;
  const auto frame = p.frames.frame(number);
  Complex bin = {0, 0};
  std::int64_t turn = 0;  // k i modulo n
  for (std::int64_t first = 0; first < n; first += kThreads) {
    const std::int64_t i = first + threadIdx.x;
    smem.piece[threadIdx.x] = i < n ? frame[i] : 0;
    sync_block();
    const int count = n - first < kThreads ? static_cast<int>(n - first) : kThreads;
    Complex sum = {0, 0};
    for (int j = 0; j < count && k < bins; ++j) {
      const Complex root = p.roots[turn];
      sum.re += smem.piece[j] * root.re;
      sum.im += smem.piece[j] * root.im;
      turn += k;
      if (turn >= n) turn -= n;
    }
    bin = bin + sum;
    sync_block();
  }
  if (k < bins) p.store(number * bins + k, bin);
}

std::size_t workspace(const StftProblem& p) {
  return roots_bytes(p.options.n_fft);
}

template <class Store, class Args>
void run(const StftProblem& p, const Args& a, const Context&, Workspace scratch) {
  const std::int64_t blocks = p.batch * p.frames * blocks_for(p.bins(), kThreads);
  launch("stft_direct", stft_direct_kernel<Store>, {{blocks_for(blocks, 1)}, {kThreads}},
         {{a.x.template data<float>(), a.window.template data<float>(), p},
          make_roots(p.options.n_fft, scratch),
          Store(a.y)});
}

}  // namespace

extern const KernelVariant<Stft> stft_direct = {.name = "direct",
                                                .target = kTarget,
                                                .why_not = float_only,
                                                .workspace = workspace,
                                                .run = run<StoreComplex, Stft::Args>};
extern const KernelVariant<PowerSpectrogram> power_spectrogram_direct = {
    .name = "direct",
    .target = kTarget,
    .why_not = float_only,
    .workspace = workspace,
    .run = run<StorePower, PowerSpectrogram::Args>};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
