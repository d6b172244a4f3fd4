#include "tests/support/model_files.h"

#include <functional>
#include <nlohmann/json.hpp>

#include "tensor/io/safetensors.h"

namespace sonograd::test {
namespace {

using nlohmann::json;

json config_of(const io::TensorFile& model) {
  return json::parse(model.metadata.at("config"));
}

void change_config(const std::filesystem::path& file, const std::function<void(json&)>& change) {
  io::TensorFile model = io::read_safetensors(file);
  json config = config_of(model);
  change(config);
  model.metadata["config"] = config.dump();
  io::write_safetensors(file, model);
}

}  // namespace

void add_later_option(const std::filesystem::path& file, bool is_optional) {
  change_config(file, [&](json& config) {
    config["model"]["width_factor"] = 1.5;
    if (is_optional) config["optional"].push_back("model.width_factor");
  });
}

std::vector<double> thresholds_in(const std::filesystem::path& file) {
  return config_of(io::read_safetensors(file))["thresholds"].get<std::vector<double>>();
}

void set_thresholds(const std::filesystem::path& file, const std::vector<double>& thresholds) {
  change_config(file, [&](json& config) { config["thresholds"] = thresholds; });
}

}  // namespace sonograd::test
