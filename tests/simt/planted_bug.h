// Kernels with a bug planted, and their correct twins.
#pragma once

#include <string_view>
#include <vector>

#include "tests/simt/primitive.h"

namespace sonograd::kernels {

/// Parameters of most of these kernels.
struct PlantedParams {
  WordBuffers words;
  bool planted;
};

struct PlantedBug {
  std::string_view name;
  std::string_view message;  ///< part of the report; empty: some seeds give a wrong result instead
  std::size_t words = 0;     ///< number of words of the input and of the output
  std::function<void(const WordBuffers&, bool planted)> run;
  /// Result of the correct twin.
  std::function<std::uint32_t(const Words&, std::size_t)> expected;
};

SONOGRAD_CUDA_ROWS(std::vector<PlantedBug> broken_rules(); std::vector<PlantedBug> hidden_bugs();
                   std::vector<PlantedBug> pipeline_bugs(); std::vector<PlantedBug> out_of_range_bugs();
                   std::vector<PlantedBug> refused_launches(); std::vector<PlantedBug> cluster_bugs();
                   std::vector<PlantedBug> hidden_cluster_bugs();)

}  // namespace sonograd::kernels
