// The beginning of a command that scores sounds with a model.
#pragma once

#include <filesystem>
#include <memory>

#include "app/options/compute_options.h"
#include "app/options/kernel_choices.h"
#include "app/terminal/phase_clock.h"
#include "models/core/model.h"

namespace sonograd::app {

/// A MODEL argument, opened on the device of the computing options, which hold while this lives.
class LoadedModel {
 public:
  /// Applies `compute` and opens the model. Throws as `ComputeOptions::apply` and `open_model` do.
  LoadedModel(const std::filesystem::path& argument, const ComputeOptions& compute);
  const models::Model& model() const { return *model_; }
  /// The clock of `--verbose`; the phase under way is that of loading.
  PhaseClock& clock() { return clock_; }

 private:
  Device device_;
  KernelChoices choices_;
  PhaseClock clock_;
  std::shared_ptr<const models::Model> model_;
};

}  // namespace sonograd::app
