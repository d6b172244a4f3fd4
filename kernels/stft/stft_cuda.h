// The CUDA rows of the stft ladders.
#pragma once

#include "kernels/core/cuda_rows.h"
#include "kernels/stft/stft.h"

namespace sonograd::kernels {

SONOGRAD_CUDA_ROWS(extern const KernelVariant<Stft> stft_direct, stft_fft;
                   extern const KernelVariant<PowerSpectrogram> power_spectrogram_direct,
                   power_spectrogram_fft;)

}  // namespace sonograd::kernels
