// A model file that is small enough for tests.
#pragma once

#include <filesystem>

#include "models/core/model.h"
#include "tests/models/lcg.h"
#include "tests/support/files.h"

namespace sonograd::test {

/// Short-chunk network of width 2 on one second of 8 kHz, three labels, weights from the generator.
inline models::ModelDraft small_model() {
  models::ModelDescription about;
  about.arch = "short_chunk_cnn";
  about.options = {{"channels", 2}, {"sample_rate", 8000}, {"f_max", 4000.0}, {"samples", 32768}};
  about.labels = {"drums", "flute", "no vocals"};
  models::ModelDraft model = models::make_model(about);
  lcg_fill(*model.network);
  model.network->train(false);
  return model;
}

inline std::filesystem::path small_model_file() {
  const auto path = temporary_path("small.safetensors");
  models::save_model(path, small_model());
  return path;
}

}  // namespace sonograd::test
