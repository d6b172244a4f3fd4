// cuFFT as rows of the tables of stft, between kernels that copy the frames and square the result.
#pragma once

#include "kernels/stft/stft.h"
#include "kernels/vendor/row.h"

namespace sonograd::kernels::vendor {

extern const KernelVariant<Stft> stft_cufft;
extern const KernelVariant<PowerSpectrogram> power_spectrogram_cufft;

}  // namespace sonograd::kernels::vendor
