// The MODEL argument: a model file, or a run folder.
#pragma once

#include <filesystem>

#include "models/core/model.h"

namespace sonograd::app {

/// A run folder means its `best.safetensors`. Throws ReadError where there is no file, ConfigError for standard input, and
/// ModelError for PyTorch weights.
std::filesystem::path model_file_of(const std::filesystem::path& argument);

/// `load_model` of a MODEL argument; its warnings go to stderr unless `quiet`.
std::shared_ptr<const models::Model> open_model(const std::filesystem::path& argument, Device device,
                                                bool quiet);

/// "short_chunk_cnn, 50 outputs, computed front end".
std::string describe(const models::ModelDescription& about);

}  // namespace sonograd::app
