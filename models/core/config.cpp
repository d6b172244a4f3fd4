#include "models/core/config.h"

#include <cmath>

#include "tensor/support/error.h"

namespace sonograd::models {

const std::vector<ModelOption>& model_options() {
  using C = ModelConfig;
  static const std::vector<ModelOption> options = {
      {"labels", "number of outputs", 1, 100000, &C::labels, nullptr},
      {"channels", "width of the first block; the others keep their proportion", 1, 4096, &C::channels,
       nullptr},
      {"sample_rate", "sample rate of the input in Hz", 1000, 192000, &C::sample_rate, nullptr},
      {"samples", "chunk length in samples", 256, 1 << 26, &C::samples, nullptr},
      {"n_fft", "window and transform length in samples", 16, 16384, &C::n_fft, nullptr},
      {"hop_length", "samples between frames", 1, 16384, &C::hop_length, nullptr},
      {"n_mels", "mel bands", 1, 1024, &C::n_mels, nullptr},
      {"f_min", "lowest mel frequency in Hz", 0, 96000, nullptr, &C::f_min},
      {"f_max", "highest mel frequency in Hz", 1, 96000, nullptr, &C::f_max},
      {"dropout", "dropout before the output layer", 0, 0.99, nullptr, &C::dropout},
  };
  return options;
}

const ModelOption& find_option(std::string_view key) {
  std::string known;
  for (const ModelOption& option : model_options()) {
    if (option.key == key) return option;
    known += concat(known.empty() ? "" : ", ", option.key);
  }
  throw ConfigError(concat("model.", key, ": no such option; there are ", known));
}

void set_option(ModelConfig& config, std::string_view key, double value) {
  const ModelOption& option = find_option(key);
  if (!(value >= option.low && value <= option.high)) {
    throw ConfigError(concat("model.", key, " = ", value, ": expected ", option.low, " to ", option.high));
  }
  if (option.real != nullptr) {
    config.*option.real = value;
  } else if (value == std::floor(value)) {
    config.*option.integer = static_cast<std::int64_t>(value);
  } else {
    throw ConfigError(concat("model.", key, " = ", value, ": expected a whole number"));
  }
}

double get_option(const ModelConfig& config, const ModelOption& option) {
  return option.real != nullptr ? config.*option.real : static_cast<double>(config.*option.integer);
}

}  // namespace sonograd::models
