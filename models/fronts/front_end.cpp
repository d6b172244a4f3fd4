#include "models/fronts/front_end.h"

#include "autograd/ops/copy.h"

namespace sonograd::models {

layers::LogMelOptions log_mel_options(const ModelConfig& config) {
  return {.sample_rate = config.sample_rate,
          .n_fft = config.n_fft,
          .hop_length = config.hop_length,
          .n_mels = config.n_mels,
          .f_min = config.f_min,
          .f_max = config.f_max};
}

Variable flatten_single(const Variable& x) {
  if (x.shape()[1] != 1 || x.shape()[2] != 1) {
    throw ShapeError(
        concat("[model] the chunk leaves ", x.shape()[1], " x ", x.shape()[2],
               " positions before the output layer, which wants one; choose another model.samples"));
  }
  return reshape(x, {x.shape()[0], x.shape()[3]});
}

}  // namespace sonograd::models
