// From samples to decibels without leaving shared memory, one frame per warp.
//
// A warp transforms its frame (kernels/stft/fft.cuh) and writes the power of the bins to the buffer that the transform has
// used; then each lane sums every 32nd band over the bins with weights. 16-bit PCM is read directly: its unit is a power of
// two, so nothing is rounded. Traffic: samples once, bands once. The spectra, ten times as large, never reach memory, so
// that it is faster than stft, mel and decibels one after the other. Limits: the shared memory of the transform, and lanes
// with narrow bands, which wait for the ones with wide bands.
#include "kernels/core/reference.h"
#include "kernels/fused/log_mel/log_mel.h"
#include "kernels/mel/band_spans.cuh"
#include "kernels/mel/decibels.cuh"
#include "kernels/simt/write.h"
#include "kernels/stft/fft.cuh"
#include "kernels/stft/frames.cuh"
#include "kernels/stft/roots.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

template <class Sample>
struct Params {
  Frames<Sample> frames;
  FftPlan plan;
  const Complex* roots;  // [n_fft]
  const float* bank;     // [bins, bands]
  const BandSpan* spans;
  std::int64_t bands;
  Decibels decibels;
  float* y;  // [N, frames, bands]
  bool add;
};

template <class Sample>
SONOGRAD_KERNEL(kMostFftThreads, log_mel_kernel, Params<Sample> p) {
  const StftProblem& problem = p.frames.p;
  const std::int64_t number = frame_of_warp();
  if (number >= problem.batch * problem.frames) return;
  FftBuffers buffers = FftBuffers::of_warp(p.plan);
  const Spectrum spectrum = transform(p.plan, p.roots, p.frames.frame(number), buffers);
  float* power = &buffers.other->re;
  const int lane = static_cast<int>(lane_index()), bins = static_cast<int>(problem.bins());
  for (int k = lane; k < bins; k += kWarpSize) power[k] = squared_magnitude(spectrum.bin(k));
  sync_warp();
  for (std::int64_t band = lane; band < p.bands; band += kWarpSize) {
    const float db = p.decibels(p.spans[band].sum(power, p.bank + band, p.bands));
    write(p.y[number * p.bands + band], db, p.add);
  }
}

const char* why_not(const LogMelProblem& p, const Context& context) {
  const char* reason = why_not_fft(p.stft.options.n_fft);
  return reason != nullptr ? reason : float_only(p, context);
}

std::size_t workspace(const LogMelProblem& p) {
  return roots_bytes(p.stft.options.n_fft) + spans_bytes(p.bands);
}

template <class Sample>
void run(const LogMelProblem& p, const LogMel::Args& a, Workspace scratch, float unit) {
  const FftPlan plan = fft_plan(p.stft.options.n_fft);
  const float* bank = a.bank.data<float>();
  launch("log_mel", log_mel_kernel<Sample>, fft_grid(plan, p.stft.batch * p.stft.frames),
         {{a.x.data<Sample>(), a.window.data<float>(), p.stft, unit},
          plan,
          make_roots(p.stft.options.n_fft, scratch),
          bank,
          find_spans(bank, p.stft.bins(), p.bands, scratch),
          p.bands,
          Decibels(p.db),
          a.y.data<float>(),
          a.y.adds()});
}

}  // namespace

extern const KernelVariant<LogMel> log_mel_one_pass = {
    .name = "one_pass",
    .target = kTarget,
    .why_not = why_not,
    .workspace = workspace,
    .run = [](const LogMelProblem& p, const LogMel::Args& a, const Context&, Workspace scratch) {
      p.samples == DType::i16 ? run<std::int16_t>(p, a, scratch, static_cast<float>(kPcmUnit))
                              : run<float>(p, a, scratch, 1);
    }};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
