// Kernels with a bug planted, and their correct twins.
#pragma once

#include <string_view>
#include <vector>

#include "tests/simt/primitive.h"

namespace sonograd::kernels {

/// How the emulator shows a bug.
enum class Symptom {
  report,        ///< KernelError with `message`, for every seed
  wrong_result,  ///< for some of the seeds
};

struct PlantedBug {
  std::string_view name;
  Symptom symptom = Symptom::report;
  std::string_view message;  ///< part of the report
  std::size_t words = 0;     ///< of input and of output
  std::function<void(const WordBuffers&, bool planted)> run;
  /// What the correct twin gives.
  std::function<std::uint32_t(const Words&, std::size_t)> expected;
};

SONOGRAD_CUDA_ROWS(std::vector<PlantedBug> broken_rules(); std::vector<PlantedBug> hidden_bugs();)

}  // namespace sonograd::kernels
