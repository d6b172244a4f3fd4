// What the spectrogram taggers have in common before and after their convolutions.
#pragma once

#include "layers/log_mel.h"
#include "models/core/tagger.h"

namespace sonograd::models {

layers::LogMelOptions log_mel_options(const ModelConfig& config);

/// [N, 1, 1, C] -> [N, C]. Throws ShapeError when more than one position is left: the chunk length does not
/// suit the network.
Variable flatten_single(const Variable& x);

}  // namespace sonograd::models
