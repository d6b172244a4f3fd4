// Model files as a later version of sonograd writes them.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tensor/io/safetensors.h"

namespace sonograd::test {

/// Adds the option `model.width_factor` = 1.5, which no network of this version has, to a model file. The network needs it,
/// unless `is_optional`.
inline void add_later_option(const std::filesystem::path& file, bool is_optional = true) {
  io::TensorFile model = io::read_safetensors(file);
  auto config = nlohmann::json::parse(model.metadata.at("config"));
  config["model"]["width_factor"] = 1.5;
  if (is_optional) config["optional"].push_back("model.width_factor");
  model.metadata["config"] = config.dump();
  io::write_safetensors(file, model);
}

}  // namespace sonograd::test
