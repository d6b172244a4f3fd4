// The CPU rows of the stft ladders.
#pragma once

#include "kernels/stft/stft.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<Stft> stft_reference, stft_fft;
extern const KernelVariant<PowerSpectrogram> power_spectrogram_reference, power_spectrogram_fft;

}  // namespace sonograd::kernels::cpu
