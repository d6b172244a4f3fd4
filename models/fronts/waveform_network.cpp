#include "models/fronts/waveform_network.h"

#include "models/core/value_ranges.h"
#include "tensor/support/error.h"

namespace sonograd::models {

Input RawWaveform::input(const FirstLayer& first) const {
  const std::int64_t values = (samples + first.stride - 1) / first.stride * first.channels;
  if (values > kMostLayerValues) {
    throw ConfigError(concat(first.option, " = ", first.channels, " with model.samples = ", samples,
                             " makes ", values, " values of the first layer: at most ", kMostLayerValues,
                             " are possible"));
  }
  return input();
}

}  // namespace sonograd::models
