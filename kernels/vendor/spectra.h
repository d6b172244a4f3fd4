// Steps of an stft before and after a transform by another library.
#pragma once

#include "kernels/core/cuda_rows.h"
#include "kernels/stft/stft.h"

namespace sonograd::kernels {

// clang-format off
SONOGRAD_CUDA_ROWS(
/// Writes frames [batch * frames, n_fft]: the samples times the window, zeros outside of it.
void cut_frames(const StftProblem& p, const View& x, const View& window, float* frames);
/// y (= or +=) the spectra [batch * frames, bins, 2].
void store_spectra(const StftProblem& p, const float* spectra, const Out& y);
/// y (= or +=) re^2 + im^2.
void store_powers(const StftProblem& p, const float* spectra, const Out& y);
)
// clang-format on

}  // namespace sonograd::kernels
