// Every architecture under its name.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/core/config.h"
#include "models/core/tagger.h"

namespace sonograd::models {

/// What is known of a network before one is made. Each models/<name>.cpp defines `Architecture
/// <name>_architecture()`.
struct Architecture {
  std::string name;     ///< as on the command line: `short_chunk_cnn`
  std::string summary;  ///< one line: idea and paper
  ModelConfig defaults;
  /// Keys of `model_options` that the network reads, beside `labels`, which follows from the data.
  std::span<const std::string_view> options;
  std::unique_ptr<Tagger> (*make)(const ModelConfig& config) = nullptr;
};

/// Architecture::make of a network that is made from its sizes.
template <class Network>
std::unique_ptr<Tagger> make_tagger(const ModelConfig& config) {
  return std::make_unique<Network>(config);
}

/// All of them, by name. Generated from the folder listing.
std::vector<Architecture> all_architectures();
/// Throws ConfigError, listing the names, for an unknown one.
Architecture find_architecture(std::string_view name);

}  // namespace sonograd::models
