// What the spectrogram taggers have in common before and after their convolutions.
#pragma once

#include "layers/log_mel.h"
#include "models/core/tagger.h"

namespace sonograd::models {

/// Architecture::options of the networks that see log-mel maps.
inline constexpr std::string_view kSpectrogramOptions[] = {
    "channels", "sample_rate", "samples", "n_fft", "hop_length", "n_mels", "f_min", "f_max", "dropout"};

layers::LogMelOptions log_mel_options(const ModelConfig& config);

/// [N, 1, 1, C] -> [N, C]. Throws ShapeError when more than one position is left: the chunk length does not
/// suit the network.
Variable flatten_single(const Variable& x);

}  // namespace sonograd::models
