// config.toml of a run.
#include "tests/fuzz/fuzz_target.h"
#include "train/config/config.h"

namespace sonograd::fuzz {

void fuzz(const std::filesystem::path& file) {
  train::ConfigLayers layers;
  layers.file = train::read_config(file);
  train::format_config(train::merge_config(layers));
}

}  // namespace sonograd::fuzz
