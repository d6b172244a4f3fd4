// config.toml of a run.
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/mutators.h"
#include "train/config/config.h"
#include "train/config/setting_table.h"

namespace sonograd::fuzz {

void fuzz(const std::filesystem::path& file) {
  train::ConfigLayers layers;
  layers.file = train::read_config(file);
  train::format_config(train::merge_config(layers));
}

std::string mutate(std::string_view input, Choices& choices) {
  static const std::vector<std::string> keys = [] {
    std::vector<std::string> all = {"model.channels", "front_end.hop_length"};
    for (const train::Setting& setting : train::all_settings()) all.emplace_back(setting.key);
    return all;
  }();
  return mutate_toml(input, keys, choices);
}

}  // namespace sonograd::fuzz
