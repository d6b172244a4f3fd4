// The MODEL argument: a model file, or a run folder.
#pragma once

#include <filesystem>

#include "models/core/model_file.h"

namespace sonograd::app {

/// A run folder means its `best.safetensors`. Throws ModelError for a path that is neither.
std::filesystem::path model_file_of(const std::filesystem::path& argument);

}  // namespace sonograd::app
