// The MODEL argument: a model file, or a run folder.
#pragma once

#include <filesystem>

#include "app/options/compute_options.h"
#include "models/core/model.h"

namespace sonograd::app {

/// A run folder means its `best.safetensors`. Throws ReadError where there is no file, ConfigError for standard input, and
/// ModelError for PyTorch weights.
std::filesystem::path model_file_of(const std::filesystem::path& argument);

/// `load_model` of a MODEL argument. Its warnings go to stderr, unless `compute` is quiet, and its description, if it is
/// verbose.
std::shared_ptr<const models::Model> open_model(const std::filesystem::path& argument, Device device,
                                                const ComputeOptions& compute);

/// The warnings of a model, with its file, to stderr.
void print_warnings(const models::Model& model, const std::filesystem::path& file);

/// The name of a MODEL argument for titles, without the folders that it is in: `run` for `runs/run/`.
std::string name_of_model(const std::string& argument);

/// "short_chunk_cnn, 50 outputs, computed front end".
std::string describe(const models::ModelDescription& about);

}  // namespace sonograd::app
