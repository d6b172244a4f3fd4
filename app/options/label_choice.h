// Options that choose the labels whose scores are shown.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "models/core/description.h"

namespace CLI {
class App;
}

namespace sonograd::app {

struct LabelChoice {
  std::size_t top = 5;
  bool all = false;
  std::string threshold;  ///< a number, `fitted`, or empty

  void add_to(CLI::App& app);
  /// Thresholds per label; empty without --threshold. Throws ConfigError, which names the file `model`, for fitted ones that the
  /// model lacks.
  std::vector<double> thresholds_of(const models::ModelDescription& about, const std::string& model) const;
  /// Thresholds per label from which on a label applies at a time: `chosen` where --threshold is given, else those of the model, else 0.5;
  /// empty for classes without a choice, of which the one with the highest score applies.
  static std::vector<double> thresholds_over_time(const models::ModelDescription& about,
                                                  const std::vector<double>& chosen);
  /// Indices of the labels with these scores that are shown, in their order; with `thresholds`, those that reach theirs.
  std::vector<std::size_t> shown(std::span<const double> thresholds, std::span<const float> scores) const;
};

}  // namespace sonograd::app
