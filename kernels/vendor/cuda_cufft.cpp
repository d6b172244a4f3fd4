#include "kernels/vendor/cufft.h"

#if __has_include(<cufft.h>)
#include <cufft.h>

#include "kernels/core/reference.h"
#include "kernels/vendor/per_device.h"
#include "kernels/vendor/spectra.h"
#include "tensor/support/shared_library.h"

namespace sonograd::kernels::vendor {
namespace {

struct Cufft {
  SharedLibrary library{concat("libcufft.so.", CUFFT_VER_MAJOR)};
  SONOGRAD_LIBRARY_FUNCTION(cufftPlanMany);
  SONOGRAD_LIBRARY_FUNCTION(cufftSetStream);
  SONOGRAD_LIBRARY_FUNCTION(cufftExecR2C);
};

const Cufft& cufft() {
  static const Cufft instance;
  return instance;
}

void check(cufftResult status) {
  if (status != CUFFT_SUCCESS) throw KernelError(concat("cuFFT: error ", static_cast<int>(status)));
}

// Plan of transforms from rows of `n_fft` samples to rows of `n_fft / 2 + 1` complex numbers.
cufftHandle plan_of(int n_fft, int rows) {
  thread_local PerDevice<std::pair<int, int>, cufftHandle> plans;
  const cufftHandle plan = plans.get({n_fft, rows}, [&](cufftHandle& made) {
    check(cufft().cufftPlanMany(&made, 1, &n_fft, nullptr, 1, 0, nullptr, 1, 0, CUFFT_R2C, rows));
  });
  check(cufft().cufftSetStream(plan, cuda_stream()));
  return plan;
}

const char* why_not(const StftProblem& p, const Context& context) {
  if (const char* reason = float_only(p, context)) return reason;
  if (p.batch * p.frames * p.options.n_fft > std::int64_t{INT32_MAX}) {
    return "requires frames of less than 2^31 samples in total";
  }
  return cufft().library.why_not();
}

std::size_t samples_of(const StftProblem& p) {
  return static_cast<std::size_t>(p.batch * p.frames * p.options.n_fft);
}

std::size_t workspace_of(const StftProblem& p) {
  return Workspace::bytes<float>(samples_of(p)) + Workspace::bytes(p.complex_shape(), p.dtype);
}

// Returns the spectra of all frames, [batch * frames, bins, 2], in the workspace.
template <class Args>
const float* transform(const StftProblem& p, const Args& args, Workspace workspace) {
  float* frames = workspace.take<float>(samples_of(p));
  float* spectra = workspace.take<float>(static_cast<std::size_t>(p.complex_shape().numel()));
  cu::cut_frames(p, args.x, args.window, frames);
  check(cufft().cufftExecR2C(plan_of(static_cast<int>(p.options.n_fft), static_cast<int>(p.batch * p.frames)),
                             frames, reinterpret_cast<cufftComplex*>(spectra)));
  return spectra;
}

}  // namespace

extern const KernelVariant<Stft> stft_cufft = {
    .name = "cufft",
    .target = DeviceKind::cuda,
    .why_not = why_not,
    .workspace = workspace_of,
    .run = [](const StftProblem& p, const Stft::Args& args, const Context&,
              Workspace workspace) { cu::store_spectra(p, transform(p, args, workspace), args.y); },
    .choice = Choice::by_measure};
extern const KernelVariant<PowerSpectrogram> power_spectrogram_cufft = {
    .name = "cufft",
    .target = DeviceKind::cuda,
    .why_not = why_not,
    .workspace = workspace_of,
    .run = [](const StftProblem& p, const PowerSpectrogram::Args& args, const Context&,
              Workspace workspace) { cu::store_powers(p, transform(p, args, workspace), args.y); },
    .choice = Choice::by_measure};

}  // namespace sonograd::kernels::vendor
#endif
