// Sizes of a network and its front end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sonograd::models {

/// One struct for all architectures; each has its own defaults and reads what it needs.
struct ModelConfig {
  std::int64_t labels = 50;          ///< outputs
  std::int64_t channels = 64;        ///< width of the first block; the others keep their proportion to it
  std::int64_t sample_rate = 16000;  ///< Hz
  std::int64_t samples = 59049;      ///< chunk length in samples
  std::int64_t n_fft = 512;          ///< window and transform length in samples
  std::int64_t hop_length = 256;     ///< samples between frames
  std::int64_t n_mels = 96;          ///< bands
  double f_min = 0;                  ///< Hz
  double f_max = 8000;               ///< Hz
  double dropout = 0.5;              ///< before the output layer, in [0, 1)
};

/// A key of ModelConfig with its range, as `--set model.KEY=VALUE` and the model file's `config` name it.
struct ModelOption {
  std::string_view key;
  std::string_view help;
  double low, high;
  std::int64_t ModelConfig::*integer;  ///< one of the two is set
  double ModelConfig::*real;
};

/// All of them. Each network reads some: Architecture::options.
const std::vector<ModelOption>& model_options();
/// Throws ConfigError, listing the keys, for one that is not there.
const ModelOption& find_option(std::string_view key);
/// Sets one key. Throws ConfigError: no such key, not a number, out of range.
void set_option(ModelConfig& config, std::string_view key, double value);
double get_option(const ModelConfig& config, const ModelOption& option);

}  // namespace sonograd::models
