// Thresholds in a model file.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "tensor/io/safetensors.h"

namespace sonograd::test {

inline std::vector<double> thresholds_in(const std::filesystem::path& file) {
  const io::TensorFile model = io::read_safetensors(file);
  return nlohmann::json::parse(model.metadata.at("config"))["thresholds"].get<std::vector<double>>();
}

inline void set_thresholds(const std::filesystem::path& file, const std::vector<double>& thresholds) {
  io::TensorFile model = io::read_safetensors(file);
  auto config = nlohmann::json::parse(model.metadata.at("config"));
  config["thresholds"] = thresholds;
  model.metadata["config"] = config.dump();
  io::write_safetensors(file, model);
}

}  // namespace sonograd::test
