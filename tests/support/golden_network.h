// Networks of golden files (tests/golden/make_training.py): small sizes, values from the generator.
#pragma once

#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "models/core/architecture.h"
#include "tests/models/lcg.h"
#include "tests/support/files.h"

namespace sonograd::test {

/// The list `runs` of a golden file.
inline std::vector<nlohmann::json> golden_runs(const std::filesystem::path& path) {
  std::ifstream file(path);
  return nlohmann::json::parse(file).at("runs").get<std::vector<nlohmann::json>>();
}

/// Options of a golden file: {"n_mels": 16, "back": "recurrent"}.
inline models::OptionValues option_values(const nlohmann::json& listed) {
  models::OptionValues options;
  for (const auto& [key, value] : listed.items()) {
    if (value.is_string()) {
      options[key] = value.get<std::string>();
    } else if (value.is_number_integer()) {
      options[key] = value.get<std::int64_t>();
    } else {
      options[key] = value.get<double>();
    }
  }
  return options;
}

/// Options of the network of a run: those that the run lists, a width of `channels`, and no dropout.
inline models::OptionValues golden_options(const nlohmann::json& run, std::int64_t channels) {
  models::OptionValues options = option_values(run.at("options"));
  options.insert(
      {{"channels", channels}, {"dropout", 0.0}, {"samples", run.at("samples").get<std::int64_t>()}});
  return options;
}

/// Whether generated values go by our names and layouts, else by those of published files.
inline bool has_own_names(const nlohmann::json& run) {
  return run.at("names") == "own";
}

/// The network of a run with three labels, on the CPU.
inline std::unique_ptr<models::Network> golden_network(const nlohmann::json& run, std::int64_t channels) {
  auto network = models::find_architecture(run.at("network").get<std::string>())
                     .make_network(golden_options(run, channels), 3);
  if (has_own_names(run)) {
    lcg_fill(*network);
  } else {
    lcg_fill_published(*network);
  }
  return network;
}

}  // namespace sonograd::test
